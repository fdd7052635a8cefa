// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/seccomp/call_search.h"
#include "core/runtime/seccomp/default_profile.h"
#include "core/runtime/seccomp/seccomp_filter.h"

#include <QTest>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>

using namespace twinhull;
using namespace twinhull::runtime;

namespace {

constexpr std::uint64_t kStuck = 1ULL << 32U; ///< the program did what the kernel would have refused

/// What the kernel does with a program (the instructions that seccomp(2) takes and libseccomp writes).
std::uint64_t run(const BpfProgram& program, const seccomp_data& call, bool* hasLookedAtArguments = nullptr)
{
    std::uint32_t accumulator = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const auto& now = program[at];
        const auto jump = [&](bool isTrue) { at += isTrue ? now.jt : now.jf; };
        switch (now.code) {
        case BPF_LD | BPF_W | BPF_ABS:
            std::memcpy(&accumulator, reinterpret_cast<const char*>(&call) + now.k, sizeof accumulator);
            if (hasLookedAtArguments != nullptr && now.k >= offsetof(seccomp_data, instruction_pointer))
                *hasLookedAtArguments = true;
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            accumulator &= now.k;
            break;
        case BPF_JMP | BPF_JA:
            at += now.k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            jump(accumulator == now.k);
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            jump(accumulator >= now.k);
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            jump(accumulator > now.k);
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            jump((accumulator & now.k) != 0);
            break;
        case BPF_RET | BPF_K:
            return now.k;
        default:
            return kStuck;
        }
    }
    return kStuck;
}

constexpr std::uint32_t kArchitectures[]
    = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, 0, ~0U };

/// Every number that tables have, those of x32, and the ends of the range.
std::vector<std::uint32_t> numbers()
{
    std::vector<std::uint32_t> all;
    for (const std::uint32_t base : { 0U, 0x40000000U, 0x7ffffe00U, 0xfffffe00U }) {
        for (std::uint32_t number = 0; number < 512; ++number)
            all.push_back(base + number);
    }
    for (std::uint32_t number = 512; number < 1200; ++number)
        all.push_back(number);
    return all;
}

/// What both sides of every comparison see, and both halves of it.
std::vector<std::uint64_t> argumentsFor(const oci::Seccomp& profile)
{
    std::set<std::uint64_t> values{ 0, 1, ~0ULL };
    for (const auto& rule : profile.syscalls) {
        for (const auto& argument : rule.args) {
            for (const std::uint64_t value :
                { argument.value, argument.valueTwo, argument.value & argument.valueTwo }) {
                for (const std::uint64_t change : { 0ULL, 1ULL, ~0ULL, 1ULL << 32U, ~0ULL << 32U })
                    values.insert(value + change);
            }
        }
    }
    return { values.begin(), values.end() };
}

seccomp_data callOf(std::uint32_t number, std::uint32_t architecture, const std::vector<std::uint64_t>& arguments)
{
    seccomp_data call{};
    call.nr = static_cast<int>(number);
    call.arch = architecture;
    std::copy(arguments.begin(), arguments.end(), call.args);
    return call;
}

std::string describe(const seccomp_data& call, std::uint64_t expected, std::uint64_t found)
{
    return "call " + std::to_string(call.nr) + " of " + std::to_string(call.arch) + ": " + std::to_string(expected)
        + ", " + std::to_string(found);
}

/// A program that has not looked at the arguments decides the same for all of them.
bool looksAtArguments(const BpfProgram& left, const BpfProgram& right, const seccomp_data& call)
{
    bool hasLooked = false;
    (void)run(left, call, &hasLooked);
    (void)run(right, call, &hasLooked);
    return hasLooked;
}

/// All with the same value, and each value once beside others.
std::vector<std::vector<std::uint64_t>> choicesOf(const std::vector<std::uint64_t>& values, std::mt19937& random)
{
    std::vector<std::vector<std::uint64_t>> choices;
    for (const auto value : values) {
        choices.emplace_back(6, value);
        for (std::size_t place = 0; place < 6; ++place) {
            choices.emplace_back(6);
            for (auto& other : choices.back())
                other = values[random() % values.size()];
            choices.back()[place] = value;
        }
    }
    return choices;
}

/// The first call that the two programs do not agree on.
std::string difference(const BpfProgram& left, const BpfProgram& right, const oci::Seccomp& profile)
{
    std::mt19937 random(1);
    const auto choices = choicesOf(argumentsFor(profile), random);
    for (const std::uint32_t architecture : kArchitectures) {
        for (const std::uint32_t number : numbers()) {
            const bool isLong = looksAtArguments(left, right, callOf(number, architecture, choices[0]));
            for (std::size_t i = 0; i < (isLong ? choices.size() : 1); ++i) {
                const auto call = callOf(number, architecture, choices[i]);
                const auto expected = run(left, call);
                const auto found = run(right, call);
                if (expected == kStuck || found != expected)
                    return describe(call, expected, found);
            }
        }
    }
    return {};
}

} // namespace

/// The shortened program must decide as libseccomp's does, for every call there can be: both are run here by an
/// interpreter.
class CallSearchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decidesAsLibseccompDoes_data()
    {
        QTest::addColumn<QString>("defaultAction");
        QTest::addColumn<QStringList>("architectures");
        const QString fails = QStringLiteral("SCMP_ACT_ERRNO");
        QTest::newRow("as it is") << fails
                                  << QStringList{ QStringLiteral("SCMP_ARCH_X86_64"), QStringLiteral("SCMP_ARCH_X86") };
        QTest::newRow("native only") << fails << QStringList();
        QTest::newRow("with x32") << fails
                                  << QStringList{ QStringLiteral("SCMP_ARCH_X86_64"), QStringLiteral("SCMP_ARCH_X86"),
                                         QStringLiteral("SCMP_ARCH_X32") };
        QTest::newRow("arm") << fails
                             << QStringList{ QStringLiteral("SCMP_ARCH_AARCH64"), QStringLiteral("SCMP_ARCH_ARM") };
        QTest::newRow("kill") << QStringLiteral("SCMP_ACT_KILL_PROCESS") << QStringList();
    }
    void decidesAsLibseccompDoes()
    {
        QFETCH(QString, defaultAction);
        QFETCH(QStringList, architectures);
        auto profile = defaultSeccompProfile();
        QVERIFY(profile);
        profile->defaultAction = defaultAction.toStdString();
        profile->architectures.clear();
        for (const auto& name : architectures)
            profile->architectures.push_back(name.toStdString());
        compare(*profile);
    }

    // conditions of several rules for one call, actions that differ, calls that i386 has behind one number
    void decidesAsLibseccompDoesWhateverIsAsked_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 40; ++seed)
            QTest::addRow("profile %u", seed) << seed;
    }
    void decidesAsLibseccompDoesWhateverIsAsked()
    {
        QFETCH(unsigned, seed);
        compare(anyProfile(seed));
    }

    void isSeveralTimesShorter()
    {
        auto profile = defaultSeccompProfile();
        QVERIFY(profile);
        auto whole = compileByLibrary(*profile);
        QVERIFY(whole);
        const auto shorter = searchByNumber(*whole);
        qInfo("%zu instructions instead of %zu", shorter.size(), whole->size());
        QVERIFY2(shorter.size() * 3 < whole->size(), std::to_string(shorter.size()).c_str());
    }

    void leavesAloneWhatItCannotFollow_data()
    {
        QTest::addColumn<QVector<int>>("codes");
        QTest::newRow("nothing") << QVector<int>();
        QTest::newRow("no end") << QVector<int>{ BPF_LD | BPF_W | BPF_ABS };
        QTest::newRow("arithmetic on the number")
            << QVector<int>{ BPF_LD | BPF_W | BPF_ABS, BPF_ALU | BPF_ADD | BPF_K, BPF_RET | BPF_K };
        QTest::newRow("memory") << QVector<int>{ BPF_ST, BPF_RET | BPF_K };
        QTest::newRow("bits of the number")
            << QVector<int>{ BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JSET | BPF_K, BPF_RET | BPF_K };
        QTest::newRow("a jump before anything is loaded") << QVector<int>{ BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K };
    }
    void leavesAloneWhatItCannotFollow()
    {
        QFETCH(QVector<int>, codes);
        BpfProgram program;
        for (const int code : codes)
            program.push_back({ static_cast<std::uint16_t>(code), 0, 0, 0 });
        for (int i = 0; i < 9; ++i) // a shorter one would be taken
            if (!program.empty() && BPF_CLASS(program.back().code) == BPF_RET)
                program.push_back(program.back());
        const auto same = searchByNumber(program);
        QCOMPARE(same.size(), program.size());
        QVERIFY(program.empty() || std::memcmp(same.data(), program.data(), program.size() * sizeof(sock_filter)) == 0);
    }

private:
    static void compare(const oci::Seccomp& profile)
    {
        auto whole = compileByLibrary(profile);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        const auto different = difference(*whole, searchByNumber(*whole), profile);
        QVERIFY2(different.empty(), different.c_str());
    }

    static oci::SeccompRule anyRule(std::mt19937& random)
    {
        static const char* const kNames[]
            = { "read", "write", "socket", "socketcall", "bind", "personality", "clone", "semop", "ipc", "shmat",
                  "openat", "ioctl", "futex", "statx", "clone3", "io_uring_setup", "restart_syscall" };
        static const char* const kOperators[] = { "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ",
            "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ" };
        static const char* const kActions[] = { "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_TRAP", "SCMP_ACT_LOG" };
        static constexpr std::uint64_t kValues[] = { 0, 1, 2, 0x20000, 0x7e020000, 0xffffffff, 0x100000001, ~0ULL };
        oci::SeccompRule rule;
        for (auto count = random() % 4 + 1; count > 0; --count)
            rule.names.push_back(kNames[random() % std::size(kNames)]);
        std::sort(rule.names.begin(), rule.names.end());
        rule.names.erase(std::unique(rule.names.begin(), rule.names.end()), rule.names.end());
        rule.action = kActions[random() % std::size(kActions)];
        for (std::uint32_t index = 0; index < 6; ++index) {
            if (random() % 4 == 0)
                rule.args.push_back({ index, kValues[random() % std::size(kValues)],
                    kValues[random() % std::size(kValues)], kOperators[random() % std::size(kOperators)] });
        }
        return rule;
    }

    /// A profile that libseccomp takes: it refuses some rules that contradict each other.
    static oci::Seccomp anyProfile(unsigned seed)
    {
        std::mt19937 random(seed);
        oci::Seccomp profile;
        profile.defaultAction = seed % 2 == 0 ? "SCMP_ACT_ERRNO" : "SCMP_ACT_ALLOW";
        if (seed % 3 != 0)
            profile.architectures = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86" };
        for (int count = 0; count < 12; ++count) {
            profile.syscalls.push_back(anyRule(random));
            if (!compileByLibrary(profile))
                profile.syscalls.pop_back();
        }
        return profile;
    }
};

QTEST_GUILESS_MAIN(CallSearchTest)
#include "call_search_test.moc"
