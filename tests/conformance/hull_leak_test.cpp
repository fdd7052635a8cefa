// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_stage_test.h"

#include <poll.h>

#include <chrono>
#include <csignal>
#include <random>

using namespace twinhull;
using namespace twinhull::test;

namespace {

using Nanoseconds = std::chrono::nanoseconds;

constexpr Nanoseconds kUnknown = std::chrono::minutes(1);

constexpr int kCycles = 1000;
constexpr int kKills = 200;

} // namespace

/// What hull leaves behind when it works, and what is left after `delete --force` when it was killed (SIGKILL) at a
/// random moment: no process, mount, cgroup, file or descriptor.
class HullLeakTest : public HullStageTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { enterPrivateHost(); }
    void init() { setUpStages(); }
    void cleanup() { tearDown(); }

    void leavesNothingInTheLongRun()
    {
        const std::string id = m_host.marker();
        for (int cycle = 0; cycle < kCycles; cycle += 4) {
            write(cycle / 4, "exit 7");
            QCOMPARE(hull({ "run", "--bundle", m_bundle->path(), id }), 7);
            QCOMPARE(hull({ "run", "--bundle", m_bundle->path(), "--detach", id }), 0);
            QCOMPARE(hull({ "delete", "--force", id }), 0);
            prepare(Before::Created);
            QCOMPARE(hull({ "delete", id }), 0);
            write(cycle / 4, "sleep 100");
            prepare(Before::Running);
            QCOMPARE(hull({ "exec", "--detach", id, "/bin/sleep", "100" }), 0);
            QCOMPARE(hull({ "delete", "--force", id }), 0);
        }
        nothingIsLeft(QStringLiteral("the last cycle"));
    }

    void leavesNothingWhenItIsKilled()
    {
        const unsigned seed = qEnvironmentVariableIntValue("TWINHULL_TEST_SEED") != 0
            ? qEnvironmentVariable("TWINHULL_TEST_SEED").toUInt()
            : std::random_device()();
        std::mt19937 random(seed);
        qInfo("TWINHULL_TEST_SEED=%u", seed);
        std::vector<Nanoseconds> durations(kStages.size(), kUnknown);
        int killed = 0;
        for (int round = 0; killed < kKills; ++round) {
            const std::size_t which = static_cast<std::size_t>(round) % kStages.size();
            const auto& verb = kStages[which];
            if (!isPossible(verb))
                continue;
            Nanoseconds& duration = durations[which]; // the shortest, not cut
            write(round / static_cast<int>(kStages.size()), verb.before == Before::Nothing ? "true" : "sleep 100");
            prepare(verb.before);
            std::uniform_int_distribution<std::int64_t> moments(0, duration.count() + duration.count() / 20);
            const Nanoseconds moment = duration == kUnknown ? kUnknown : Nanoseconds(moments(random));
            const auto started = std::chrono::steady_clock::now();
            if (runAndKill(verb, moment))
                ++killed;
            else
                duration = std::min(duration, Nanoseconds(std::chrono::steady_clock::now() - started));
            const auto what = QStringLiteral("round %1, %2, to be killed after %3 us, seed %4")
                                  .arg(round)
                                  .arg(QLatin1String(verb.name))
                                  .arg(moment.count() / 1000)
                                  .arg(seed);
            QVERIFY2(hull({ "delete", "--force", m_host.marker() }) == 0, qPrintable(what));
            nothingIsLeft(what);
            if (QTest::currentTestFailed())
                return;
        }
    }

private:
    /// Every other one without pids of its own, where only the cgroup knows what belongs to it, and that deep in
    /// folders.
    void write(int number, const std::string& script)
    {
        auto& linux_ = m_bundle->spec.linux_;
        linux_ = oci::defaultRuntimeSpec().linux_;
        if (m_hasCgroups && number % 2 == 1) {
            linux_.cgroupsPath = "/" + m_host.marker() + "/inner/own";
            linux_.namespaces.erase(std::remove_if(linux_.namespaces.begin(), linux_.namespaces.end(),
                                        [](const auto& entry) { return entry.kind == oci::NamespaceKind::Pid; }),
                linux_.namespaces.end());
        }
        m_bundle->setScript(script);
        m_bundle->write();
    }

    /// False when it had ended before.
    bool runAndKill(const Stage& verb, Nanoseconds moment)
    {
        auto child = launch(wordsOf(verb));
        if (!child)
            return false;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(moment);
        const timespec limit{ seconds.count(), (moment - seconds).count() };
        pollfd wait{ child->pidfd.fd(), POLLIN, 0 };
        if (::ppoll(&wait, 1, &limit, nullptr) == 0)
            ::kill(child->pid, SIGKILL);
        return endOf(*child) == 128 + SIGKILL;
    }
};

QTEST_GUILESS_MAIN(HullLeakTest)
#include "hull_leak_test.moc"
