// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/device_rules.h"

#include <QTest>

#include <array>

using namespace twinhull;
using namespace twinhull::runtime;

namespace {

struct Question {
    bool isBlock = false;
    std::uint32_t access = 0; ///< mknod 1, read 2, write 4
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
};

std::uint64_t operand(const bpf_insn& each, const std::array<std::uint64_t, 11>& registers)
{
    const auto constant = static_cast<std::uint64_t>(static_cast<std::int64_t>(each.imm));
    return (each.code & BPF_X) != 0 ? registers[each.src_reg] : constant;
}

/// What the kernel's interpreter does with the few instructions that the rules are made of; -1 for any other and where
/// it would run on behind the end.
int run(const std::vector<bpf_insn>& program, const Question& question)
{
    const std::array<std::uint32_t, 3> context{ (question.access << 16U) | (question.isBlock ? 1U : 2U), question.major,
        question.minor };
    std::array<std::uint64_t, 11> registers{};
    for (std::size_t at = 0; at < program.size(); ++at) {
        const auto& each = program[at];
        auto& to = registers[each.dst_reg];
        const auto value = operand(each, registers);
        switch (each.code & ~unsigned(BPF_X)) {
        case BPF_LDX | BPF_MEM | BPF_W:
            to = context.at(static_cast<std::size_t>(each.off) / 4);
            break;
        case BPF_ALU64 | BPF_MOV:
            to = value;
            break;
        case BPF_ALU64 | BPF_AND:
            to &= value;
            break;
        case BPF_ALU64 | BPF_RSH:
            to >>= value;
            break;
        case BPF_JMP | BPF_JNE:
            at += to != value ? static_cast<std::size_t>(each.off) : 0;
            break;
        case BPF_JMP | BPF_JEQ:
            at += to == value ? static_cast<std::size_t>(each.off) : 0;
            break;
        case BPF_JMP | BPF_EXIT:
            return static_cast<int>(registers[0]);
        default:
            return -1;
        }
    }
    return -1;
}

bool matches(const oci::DeviceRule& rule, const Question& question, char letter)
{
    return (rule.type == 'a' || (rule.type == 'b') == question.isBlock)
        && (!rule.major || *rule.major == question.major) && (!rule.minor || *rule.minor == question.minor)
        && rule.access.find(letter) != std::string::npos;
}

/// Each letter of the access by itself; the last rule that matches decides.
int expected(const std::vector<oci::DeviceRule>& rules, const Question& question)
{
    const std::array<std::pair<std::uint32_t, char>, 3> letters{ { { 1, 'm' }, { 2, 'r' }, { 4, 'w' } } };
    for (const auto& [bit, letter] : letters) {
        bool isAllowed = true;
        for (const auto& rule : rules)
            isAllowed = matches(rule, question, letter) ? rule.isAllowed : isAllowed;
        const bool isNode = letter == 'm';
        const bool isDefault = !question.isBlock
            && ((question.major == 1 && (question.minor == 3 || question.minor == 5))
                || (question.major == 5 && question.minor <= 2) || question.major == 136);
        if ((question.access & bit) != 0 && !isAllowed && !isNode && !isDefault)
            return 0;
    }
    return 1;
}

} // namespace

/// The device rules as the kernel runs them.
class DeviceRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decidesAsTheLastRuleThatMatches_data()
    {
        QTest::addColumn<int>("number");
        for (int number = 0; number < int(rules().size()); ++number)
            QTest::newRow(qPrintable(QString::number(number))) << number;
    }
    void decidesAsTheLastRuleThatMatches()
    {
        QFETCH(int, number);
        const auto& each = rules().at(static_cast<std::size_t>(number));
        const auto program = deviceProgram(each);
        for (const bool isBlock : { false, true }) {
            for (std::uint32_t access = 1; access < 8; ++access) {
                for (const std::uint32_t major : { 1U, 5U, 8U, 10U, 136U, 4'294'967'295U }) {
                    for (const std::uint32_t minor : { 0U, 3U, 5U, 11U, 229U }) {
                        const Question question{ isBlock, access, major, minor };
                        if (run(program, question) != expected(each, question))
                            QFAIL(qPrintable(QStringLiteral("block %1 access %2 device %3:%4")
                                                 .arg(isBlock)
                                                 .arg(access)
                                                 .arg(major)
                                                 .arg(minor)));
                    }
                }
            }
        }
    }

    void needsNoProgramWhereNothingIsDenied()
    {
        QVERIFY(!deniesDevices({}));
        QVERIFY(!deniesDevices({ { true, 'c', 10, 229, "rw" } }));
        QVERIFY(deniesDevices({ { false, 'a', {}, {}, "rwm" } }));
    }

    void tellsEverythingFromOneDevice()
    {
        QVERIFY(deniesOnlyAll({ { false, 'a', {}, {}, "rwm" }, { true, 'c', 10, 229, "rw" } }));
        QVERIFY(!deniesOnlyAll({ { false, 'c', 10, 229, "rwm" } }));
        QVERIFY(!deniesOnlyAll({ { false, 'a', {}, {}, "w" } }));
    }

private:
    static const std::vector<std::vector<oci::DeviceRule>>& rules()
    {
        static const std::vector<std::vector<oci::DeviceRule>> all{ {}, { { false, 'a', {}, {}, "rwm" } },
            { { false, 'a', {}, {}, "rwm" }, { true, 'c', 10, 229, "rw" } },
            { { true, 'c', 10, 229, "rw" }, { false, 'a', {}, {}, "rwm" } },
            { { false, 'a', {}, {}, "rwm" }, { true, 'c', 10, {}, "r" }, { true, 'c', 10, 229, "w" } },
            { { false, 'b', 8, {}, "w" } }, { { false, 'b', {}, {}, "rw" }, { true, 'b', 8, 0, "r" } },
            { { false, 'c', 1, 11, "r" }, { true, 'a', {}, {}, "w" }, { false, 'c', 1, 3, "rwm" } } };
        return all;
    }
};

QTEST_GUILESS_MAIN(DeviceRulesTest)
#include "device_rules_test.moc"
