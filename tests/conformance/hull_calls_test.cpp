// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// Of hull and of the container with its program, from the first execve to the last exit.
constexpr int kMostCalls = 350;
constexpr int kForControllers = 10; ///< to look in each folder whether those that v2 has here are handed down

/// The number in the last line of `strace -c`.
int totalOf(const std::string& summary)
{
    const auto lines = QString::fromStdString(summary).trimmed().split(u'\n');
    const auto words = lines.back().simplified().split(u' ');
    return words.size() > 3 && words.back() == QStringLiteral("total") ? words[3].toInt() : -1;
}

} // namespace

/// What a start costs the kernel, counted. Time depends on the computer and on what else it does; a count does not.
class HullCallsTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void startsAContainerWithFewSystemCalls_data()
    {
        QTest::addColumn<QString>("manager");
        QTest::addColumn<int>("most");
        QTest::newRow("no cgroup") << QStringLiteral("disabled") << kMostCalls;
        QTest::newRow("a cgroup of its own") << QStringLiteral("cgroupfs") << kMostCalls + kForControllers;
    }
    void startsAContainerWithFewSystemCalls()
    {
        QFETCH(QString, manager);
        QFETCH(int, most);
#ifdef TWINHULL_SANITIZED
        if (!qEnvironmentVariableIsSet("TWINHULL_TEST_BIN"))
            QSKIP("the sanitizer's own calls would be counted");
#endif
        auto text = readFile(TH_SOURCE_DIR "/resources/seccomp/default.json");
        auto profile = text ? oci::decodeSeccomp(*text) : std::move(text).error();
        QVERIFY(profile);
        m_bundle->spec.linux_.seccomp = *std::move(profile);
        // what is covered is what this kernel has: the same number everywhere
        m_bundle->spec.linux_.maskedPaths
            = { "/proc/acpi", "/proc/interrupts", "/proc/keys", "/proc/timer_list", "/proc/kcore", "/sys/firmware" };
        m_bundle->spec.process->args = { "/bin/true" };
        m_bundle->write();
        const std::string file = m_bundle->path("/calls");
        const auto run = [&] {
            return m_bundle->hull({ "--cgroup-manager=" + manager.toStdString(), "run", "--bundle", m_bundle->path(),
                m_bundle->nextId() });
        };
        const auto first = run(); // compiles the filter, which is then kept
        QVERIFY2(first.exitStatus == 0, said(first));
        m_bundle->prefix = { "strace", "--follow-forks", "--summary-only", "--output", file };
        const auto counted = run();
        m_bundle->prefix.clear();
        QVERIFY2(counted.exitStatus == 0, said(counted));
        auto summary = readFile(file);
        QVERIFY(summary);
        const int total = totalOf(*summary);
        QVERIFY2(total > 100 && total <= most, summary->c_str());
    }

    void startsProgramsWithPlainSignalsWhateverTheCallerIgnores()
    {
        m_bundle->spec.process->args = { "/bin/grep", "-E", "SigBlk|SigIgn", "/proc/self/status" };
        m_bundle->prefix = { "env", "--ignore-signal" }; // SIGCHLD as well, which reaps children before hull asks
        const auto output = m_bundle->runAsIs();
        m_bundle->prefix.clear();
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(output.standardOutput, std::string("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"));
    }
};

QTEST_GUILESS_MAIN(HullCallsTest)
#include "hull_calls_test.moc"
