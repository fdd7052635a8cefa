// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/lab_test.h"
#include "tests/support/process_search.h"

#include <QFile>

#include <chrono>

using namespace twinhull;
using namespace twinhull::test;

/// Limits that really limit, and what else a cgroup of the container's own is good for.
class EffectsTest : public LabWaysTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { addWays(); }
    void init() { setUpWay(); }
    void cleanup() { tearDownClean(); }

    void stopsWhenMemoryIsExceeded()
    {
        resources().memoryLimitBytes = 16 << 20;
        resources().memorySwapBytes = 16 << 20;
        const auto output = run("dd if=/dev/zero of=/dev/null bs=64M count=1; echo status $?; "
                                "grep oom_kill /sys/fs/cgroup/memory.events");
        QVERIFY2(output.standardOutput.rfind("status 137\n", 0) == 0, said(output));
        QVERIFY2(valueOf(output.standardOutput, QStringLiteral("oom_kill")) > 0, said(output));
    }

    void slowsDownAboveTheHighMark()
    {
        resources().unified["memory.high"] = "8388608";
        const auto output = run("dd if=/dev/zero of=/dev/null bs=8M count=1; cat /sys/fs/cgroup/memory.events");
        QVERIFY2(valueOf(output.standardOutput, QStringLiteral("high")) > 0, said(output));
    }

    void tellsOfAnOomWhenItHappens()
    {
        resources().memoryLimitBytes = 16 << 20;
        resources().memorySwapBytes = 16 << 20;
        start("web", "exec sleep 100");
        const std::string said = m_bundle->path("/events");
        auto output = openPath(said, O_WRONLY | O_CREAT, 0644);
        QVERIFY(output);
        Command command{ m_bundle->prefix, {}, {} };
        command.arguments.insert(command.arguments.end(),
            { m_bundle->program, "--root", m_bundle->root(), "events", "--interval", "60m", "web" });
        auto events = spawn(command, { -1, output->fd(), -1 });
        QVERIFY(events);
        QTRY_VERIFY_WITH_TIMEOUT(readFile(said)->find("\"stats\"") != std::string::npos, 60'000);
        const auto killed
            = m_bundle->hull({ "exec", "web", "/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1" });
        QCOMPARE(killed.exitStatus, 137);
        QTRY_VERIFY_WITH_TIMEOUT(readFile(said)->find("\"oom\"") != std::string::npos, 60'000);
        QCOMPARE(m_bundle->hull({ "kill", "web", "KILL" }).exitStatus, 0);
        siginfo_t info{};
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(events->pid), &info, WEXITED), 0); // with the container
        QCOMPARE(info.si_status, 0);
        remove("web");
    }

    void letsNoMoreProcessesBeMadeThanAsked()
    {
        resources().pidsLimit = 4;
        const auto output = run("for i in 1 2 3 4 5 6; do sleep 5 & done; wait");
        QVERIFY2(output.standardError.find("fork") != std::string::npos, said(output));
    }

    void throttlesAtTheQuota()
    {
        resources().cpuQuotaMicroseconds = 10'000;
        const auto output = run(kWork + "cat /sys/fs/cgroup/cpu.stat");
        QVERIFY2(valueOf(output.standardOutput, QStringLiteral("nr_throttled")) > 0, said(output));
    }

    // what was not used is used later
    void letsWorkBurst()
    {
        resources().cpuQuotaMicroseconds = 20'000;
        resources().cpuBurstMicroseconds = 20'000;
        const auto output = run("for i in 1 2 3; do sleep 1; " + kWork + "done; cat /sys/fs/cgroup/cpu.stat");
        QVERIFY2(valueOf(output.standardOutput, QStringLiteral("nr_bursts")) > 0, said(output));
    }

    void sharesProcessorsByWeight()
    {
        if (isAlone())
            QSKIP("each container is in a scope of its own, and the scopes weigh the same");
        const std::string spin = "(while :; do :; done) & (while :; do :; done) & while :; do :; done";
        resources().cpuShares = 26'214; // weight 1000
        start("much", spin);
        resources().cpuShares = 2'600; // weight 100
        start("little", spin);
        const auto used = [&](const char* id) { return valueOf(file(id, "cpu.stat"), QStringLiteral("usage_usec")); };
        QString found;
        bool isByWeight = false;
        for (int window = 0; window < 5 && !isByWeight;
             ++window) { // a busy computer below takes processors from the guest
            const qint64 much = used("much");
            const qint64 little = used("little");
            QTRY_VERIFY_WITH_TIMEOUT(used("much") - much > 3'000'000, 120'000);
            const qint64 ofLittle = used("little") - little;
            const qint64 ofMuch = used("much") - much;
            found += QStringLiteral("%1 and %2 µs; ").arg(ofMuch).arg(ofLittle);
            isByWeight = ofMuch > 3 * ofLittle;
        }
        remove("much");
        remove("little");
        QVERIFY2(isByWeight, qPrintable(found));
    }

    void staysOnItsProcessors()
    {
        if (!isRoot())
            QSKIP("systemd does not delegate cpuset to this user: lab.missing_pieces shows it where it does");
        resources().cpus = "1";
        const auto output = run("grep Cpus_allowed_list /proc/self/status");
        QVERIFY2(output.standardOutput.find("\t1\n") != std::string::npos, said(output));
    }

    // 40 reads at 20 a second: a slow computer only adds to it
    void readsNoFasterThanAsked()
    {
        if (!isRoot())
            QSKIP("systemd does not delegate io to this user: lab.missing_pieces shows it where it does");
        const auto numbers = QString::fromStdString(*readFile("/sys/block/nvme0n1/dev")).trimmed().split(u':');
        resources().readsPerSecond = { { numbers[0].toInt(), numbers[1].toInt(), 20 } };
        m_bundle->spec.mounts.push_back({ "/data", "bind", "/usr/lib", { "bind", "ro" }, {}, {} });
        const auto begin = std::chrono::steady_clock::now();
        const auto output = run("f=$(ls -S /data/x86_64-linux-gnu/*.so.* | head -n 1); "
                                "dd if=$f of=/dev/null bs=4k count=40 iflag=direct");
        QVERIFY2(output.exitStatus == 0, said(output));
        QVERIFY(std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(1'500));
    }

    void standsStillWhilePaused()
    {
        start("web", "while :; do :; done");
        QCOMPARE(m_bundle->hull({ "pause", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("paused"));
        QVERIFY(file("web", "cgroup.events").find("frozen 1\n") != std::string::npos);
        const std::string before = file("web", "cpu.stat");
        QCOMPARE(m_bundle->hull({ "resume", "web" }).exitStatus, 0);
        QVERIFY(file("web", "cgroup.events").find("frozen 0\n") != std::string::npos);
        QTRY_VERIFY_WITH_TIMEOUT(valueOf(file("web", "cpu.stat"), QStringLiteral("usage_usec"))
                > valueOf(before, QStringLiteral("usage_usec")),
            60'000);
        remove("web");
    }

    // a session of its own, and an orphan: still in the cgroup, and ended with it
    void keepsWhatWasForked()
    {
        start("web", "(setsid sh -c 'sleep 7200 & sleep 7201' &) ; exec sleep 100");
        const auto forked = [] { return processesNaming(QStringLiteral("720"), "sleep").size(); };
        QTRY_COMPARE_WITH_TIMEOUT(forked(), std::size_t{ 2 }, 60'000);
        QVERIFY(
            QString::fromStdString(file("web", "cgroup.procs")).count(u'\n') >= 3); // a shell may become its program
        const auto killed = m_bundle->hull({ "kill", "--all", "web", "KILL" });
        QVERIFY2(killed.exitStatus == 0, said(killed));
        const auto isEmpty = [events = record("web").cgroup + "/cgroup.events"] {
            const auto text = readFile(events);
            return text ? text->find("populated 0\n") != std::string::npos : text.error().code == ErrorCode::NotFound;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isEmpty(), 60'000); // systemd takes a scope away with its last process
        QCOMPARE(forked(), std::size_t{ 0 });
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("stopped"));
        remove("web");
    }

    void isBornInItsCgroup()
    {
        if (isSystemd())
            QSKIP("systemd moves a stage, which bears the container in its cgroup");
        const std::string calls = m_bundle->path("/calls");
        const auto prefix = m_bundle->prefix;
        const std::string program = m_bundle->program;
        QVERIFY(writeFileAtomically(m_bundle->path("/traced"),
            "#!/bin/sh\nexec strace -f -e trace=clone3 -o " + calls + " " + program + " \"$@\"\n", 0755));
        m_bundle->program = m_bundle->path("/traced");
        const auto output = run("cat /proc/self/cgroup");
        m_bundle->program = program;
        QVERIFY2(output.standardOutput == "0::/\n", said(output));
        QVERIFY2(readFile(calls)->find("CLONE_INTO_CGROUP") != std::string::npos, readFile(calls)->c_str());
    }

    void refusesDevicesThatNoRuleAllows()
    {
        if (!isRoot())
            QSKIP("an ordinary user may attach no program to a cgroup; every mount of the container is nodev");
        // a node of its own, so that the rule and not the mount refuses
        m_bundle->spec.linux_.devices = { { "/dev/fuse", 'c', 10, 229, 0666, 0, 0 } };
        resources().deviceRules = { { false, 'a', {}, {}, "rwm" } };
        const auto refused = run("head -c 1 /dev/zero | wc -c; cat /dev/fuse");
        QVERIFY2(
            refused.standardError.find("'/dev/fuse': Operation not permitted") != std::string::npos, said(refused));
        QCOMPARE(refused.standardOutput, std::string("1\n")); // what every container has
    }

private:
    static inline const std::string kWork = "i=0; while [ $i -lt 4000 ]; do i=$((i + 1)); done; ";
};

QTEST_GUILESS_MAIN(EffectsTest)
#include "effects_test.moc"
