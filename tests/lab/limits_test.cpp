// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

using namespace twinhull;
using namespace twinhull::test;

/// Limits that really limit: for the lab's guest, where every controller of cgroup v2 is there.
class LimitsTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto controllers = readFile("/sys/fs/cgroup/cgroup.controllers");
        QVERIFY2(controllers && controllers->find("memory") != std::string::npos, "this test is for the lab's guest");
    }
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void stopsWhenMemoryIsExceeded()
    {
        resources().memoryLimitBytes = 16 << 20;
        resources().memorySwapBytes = 16 << 20;
        const auto output = m_bundle->run("dd if=/dev/zero of=/dev/null bs=64M count=1; echo status $?");
        QCOMPARE(output.standardOutput, std::string("status 137\n"));
    }

    void setsWhatTheSpecificationSays_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* file, const char* value) {
            QTest::newRow(file) << QString::fromLatin1(file) << QString::fromLatin1(value);
        };
        row("memory.max", "67108864");
        row("memory.low", "33554432");
        row("cpu.max", "20000 100000");
        row("cpu.weight", "39");
        row("cpuset.cpus", "1");
        row("pids.max", "20");
        row("cpu.max.burst", "10000");
        row("hugetlb.2MB.max", "4194304");
        row("hugetlb.2MB.rsvd.max", "4194304");
    }
    void setsWhatTheSpecificationSays()
    {
        QFETCH(QString, file);
        QFETCH(QString, value);
        resources().memoryLimitBytes = 64 << 20;
        resources().memoryReservationBytes = 32 << 20;
        resources().cpuQuotaMicroseconds = 20'000;
        resources().cpuShares = 1'024;
        resources().cpus = "1";
        resources().pidsLimit = 20;
        resources().cpuBurstMicroseconds = 10'000;
        resources().hugepageLimits = { { "2MB", 4 << 20 } };
        const auto output = m_bundle->run("cat /sys/fs/cgroup/" + file.toStdString());
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(QString::fromStdString(output.standardOutput).trimmed(), value);
    }

    void runsWhenNobodyElseWantsTo()
    {
        resources().cpuIdle = 1;
        QCOMPARE(m_bundle->run("cat /sys/fs/cgroup/cpu.idle").standardOutput, std::string("1\n"));
    }

    void changesWhatRuns()
    {
        resources().memoryLimitBytes = 64 << 20;
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        const auto update = m_bundle->hull({ "update", "--memory", "33554432", "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        const auto output = m_bundle->hull({ "exec", "web", "/bin/cat", "/sys/fs/cgroup/memory.max" });
        QCOMPARE(output.standardOutput, std::string("33554432\n"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void refusesDevicesThatNoRuleAllows()
    {
        // a node of its own, so that the rule and not the mount refuses
        m_bundle->spec.linux_.devices = { { "/dev/fuse", 'c', 10, 229, 0666, 0, 0 } };
        resources().deviceRules = { { false, 'a', {}, {}, "rwm" } };
        const auto refused = m_bundle->run("head -c 1 /dev/zero | wc -c; cat /dev/fuse");
        QVERIFY2(
            refused.standardError.find("'/dev/fuse': Operation not permitted") != std::string::npos, said(refused));
        QCOMPARE(refused.standardOutput, std::string("1\n")); // what every container has
    }

    void letsNoMoreProcessesBeMadeThanAsked()
    {
        resources().pidsLimit = 4;
        const auto output = m_bundle->run("for i in 1 2 3 4 5 6; do sleep 5 & done; wait");
        QVERIFY2(output.standardError.find("fork") != std::string::npos, said(output));
    }

    void throttlesAtTheQuota()
    {
        resources().cpuQuotaMicroseconds = 10'000;
        const auto output = m_bundle->run(
            "i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; grep nr_throttled /sys/fs/cgroup/cpu.stat");
        QVERIFY2(output.exitStatus == 0, said(output));
        const auto count = QString::fromStdString(output.standardOutput).section(u' ', 1).toInt();
        QVERIFY2(count > 0, said(output));
    }

private:
    oci::Resources& resources() { return m_bundle->spec.linux_.resources; }
};

QTEST_GUILESS_MAIN(LimitsTest)
#include "limits_test.moc"
