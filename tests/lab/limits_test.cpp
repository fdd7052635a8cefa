// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/lab_test.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace twinhull;
using namespace twinhull::test;

/// Every limit stands in its file of the container's cgroup: at the start, changed by update, and after systemd, which
/// writes its own values, has been reloaded. effects_test.cpp shows that they limit.
class LimitsTest : public LabWaysTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { addWays(); }
    void init() { setUpWay(); }
    void cleanup() { tearDownClean(); }

    void standInTheFiles()
    {
        ask(kFirst);
        start("web", "exec sleep 100");
        QCOMPARE(wrongFiles(kFirst), QString());
        if (isSystemd()) {
            reload();
            QCOMPARE(wrongFiles(kFirst), QString());
        }
        remove("web");
    }

    void changeByAFile()
    {
        ask(kFirst);
        start("web", "exec sleep 100");
        const std::string resourcesFile = m_bundle->path("/resources.json");
        ask(kSecond);
        const auto config = QJsonDocument::fromJson(QByteArray::fromStdString(oci::encodeRuntimeSpec(m_bundle->spec)));
        const auto change = config[QStringLiteral("linux")][QStringLiteral("resources")].toObject();
        QVERIFY(writeFileAtomically(resourcesFile, QJsonDocument(change).toJson().toStdString()));
        const auto update = m_bundle->hull({ "update", "--resources", resourcesFile, "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        QCOMPARE(wrongFiles(kSecond), QString());
        if (isSystemd()) {
            reload();
            QCOMPARE(wrongFiles(kSecond), QString());
        }
        remove("web");
    }

    /// The kernel takes the weight, and then refuses the processors: they are as they were.
    void changeAllOrNone()
    {
        if (!isRoot())
            QSKIP("systemd does not delegate cpuset to this user");
        ask(kFirst);
        start("web", "exec sleep 100");
        const std::string change = m_bundle->path("/resources.json");
        QVERIFY(writeFileAtomically(
            change, R"({"memory":{"limit":33554432},"cpu":{"shares":2048,"cpus":"4096"},"pids":{"limit":10}})"));
        const auto update = m_bundle->hull({ "update", "--resources", change, "web" });
        QCOMPARE(update.exitStatus, 1);
        QVERIFY2(update.standardError.find("write 4096 to ") != std::string::npos, said(update));
        QVERIFY2(update.standardError.find("put back as it was: cpu.weight") != std::string::npos, said(update));
        QCOMPARE(wrongFiles(kFirst), QString());
        remove("web");
    }

    /// The kernel takes the processors, and then refuses the memory nodes. With processes in the group it takes no set
    /// away again: all that there are is the same to them.
    void putBackProcessorsThatWereNotChosen()
    {
        if (!isRoot())
            QSKIP("systemd does not delegate cpuset to this user");
        start("web", "exec sleep 100");
        const std::string change = m_bundle->path("/resources.json");
        QVERIFY(writeFileAtomically(change, R"({"cpu":{"cpus":"0","mems":"4096"}})"));
        const auto refused = m_bundle->hull({ "update", "--resources", change, "web" });
        QCOMPARE(refused.exitStatus, 1);
        QVERIFY2(refused.standardError.find("write 4096 to ") != std::string::npos, said(refused));
        QVERIFY2(refused.standardError.find("put back as it was: cpuset.cpus") != std::string::npos, said(refused));
        QVERIFY2(refused.standardError.find("could not be put back") == std::string::npos, said(refused));
        const std::string cgroup = record("web").cgroup;
        const auto all = readFile(cgroup.substr(0, cgroup.rfind('/')) + "/cpuset.cpus.effective");
        QVERIFY(all && *all != "0\n"); // this guest has two: else nothing would be seen
        QCOMPARE(file("web", "cpuset.cpus.effective"), *all);
        QCOMPARE(file("web", "cpuset.mems"), std::string("\n"));
        QVERIFY(writeFileAtomically(change, R"({"cpu":{"cpus":"0"}})"));
        const auto taken = m_bundle->hull({ "update", "--resources", change, "web" });
        QVERIFY2(taken.exitStatus == 0, said(taken));
        QCOMPARE(file("web", "cpuset.cpus.effective"), std::string("0\n"));
        QVERIFY(writeFileAtomically(change, R"({"unified":{"cpuset.cpus":""}})"));
        const auto lifted = m_bundle->hull({ "update", "--resources", change, "web" });
        QVERIFY2(lifted.exitStatus == 0, said(lifted));
        QCOMPARE(file("web", "cpuset.cpus.effective"), *all);
        remove("web");
    }

    /// Its file comes with the controller, which is handed down for this very change.
    void changeNoneInAFileThatAppears()
    {
        if (!isRoot())
            QSKIP("systemd delegates neither hugetlb nor rdma to users: see lab.missing_pieces");
        start("web", "exec sleep 100");
        const std::string change = m_bundle->path("/resources.json");
        QVERIFY(writeFileAtomically(
            change, R"({"hugepageLimits":[{"pageSize":"2MB","limit":2097152}],"rdma":{"mlx5_0":{"hcaHandles":3}}})"));
        const auto update = m_bundle->hull({ "update", "--resources", change, "web" });
        QCOMPARE(update.exitStatus, 1);
        QVERIFY2(update.standardError.find("write mlx5_0 hca_handle=3 to ") != std::string::npos, said(update));
        QVERIFY2(update.standardError.find("put back as it was: hugetlb.2MB.max") != std::string::npos, said(update));
        QCOMPARE(file("web", "hugetlb.2MB.max"), std::string("max\n"));
        remove("web");
    }

    void changeByFlags()
    {
        ask(kFirst);
        start("web", "exec sleep 100");
        std::vector<std::string> words{ "update", "--memory=33554432", "--memory-swap=50331648",
            "--memory-reservation=16777216", "--cpu-quota=30000", "--cpu-period=50000", "--cpu-burst=5000",
            "--cpu-shares=2048", "--pids-limit=10" };
        if (isRoot())
            words.insert(words.end(), { "--cpuset-cpus=0", "--cpuset-mems=0", "--blkio-weight=100" });
        words.emplace_back("web");
        const auto update = m_bundle->hull(words);
        QVERIFY2(update.exitStatus == 0, said(update));
        for (const auto& [name, text] : kSecond.files) {
            if (name.rfind("memory.high", 0) != 0 && name.rfind("memory.min", 0) != 0) // have no flag
                QCOMPARE(file("web", name), text + "\n");
        }
        if (isRoot())
            QCOMPARE(file("web", "cpuset.cpus") + file("web", "io.weight"), std::string("0\ndefault 910\n"));
        remove("web");
    }

    void goAwayByMinusOne()
    {
        ask(kFirst);
        start("web", "exec sleep 100");
        const auto update = m_bundle->hull({ "update", "--memory=-1", "--memory-swap=-1", "--memory-reservation=-1",
            "--cpu-quota=-1", "--pids-limit=-1", "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        if (isSystemd())
            reload();
        for (const char* name : { "memory.max", "memory.swap.max", "memory.low", "pids.max" })
            QCOMPARE(file("web", name), std::string("max\n"));
        QCOMPARE(file("web", "cpu.max"), std::string("max 100000\n"));
        remove("web");
    }

    // systemd counts in hundredths of a processor
    void areNotRoundedBySystemd()
    {
        resources().cpuQuotaMicroseconds = 12'345;
        start("web", "exec sleep 100");
        QCOMPARE(file("web", "cpu.max"), std::string("12345 100000\n"));
        const auto update = m_bundle->hull({ "update", "--cpu-quota=54321", "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        QCOMPARE(file("web", "cpu.max"), std::string("54321 100000\n"));
        remove("web");
    }

    void makeAGroupIdleAndNoLonger()
    {
        resources().cpuIdle = 1;
        start("web", "exec sleep 100");
        QCOMPARE(file("web", "cpu.idle"), std::string("1\n"));
        if (isSystemd())
            reload();
        QCOMPARE(file("web", "cpu.idle"), std::string("1\n"));
        const auto update = m_bundle->hull({ "update", "--cpu-idle=0", "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        if (isSystemd())
            reload();
        QCOMPARE(file("web", "cpu.idle"), std::string("0\n"));
        QCOMPARE(file("web", "cpu.weight"), std::string("100\n"));
        remove("web");
    }

    // neither pages nor devices in this guest: what the kernel keeps of it, and what it says
    void ofHugePagesAndRdmaReachTheKernel()
    {
        if (!isRoot())
            QSKIP("systemd delegates neither hugetlb nor rdma to users: see lab.missing_pieces");
        resources().hugepageLimits = { { "2MB", 4 << 20 } };
        start("web", "exec sleep 100");
        QCOMPARE(file("web", "hugetlb.2MB.max"), std::string("4194304\n"));
        const std::string change = m_bundle->path("/resources.json");
        QVERIFY(writeFileAtomically(change, R"({"hugepageLimits":[{"pageSize":"2MB","limit":2097152}]})"));
        const auto update = m_bundle->hull({ "update", "--resources", change, "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        if (isSystemd())
            reload();
        QCOMPARE(file("web", "hugetlb.2MB.max"), std::string("2097152\n"));
        QCOMPARE(file("web", "hugetlb.2MB.rsvd.max"), std::string("2097152\n"));
        remove("web");
        resources().hugepageLimits.clear();
        resources().rdmaLimits = { { "mlx5_0", { 3, 100 } } };
        const auto refused = run("true");
        QCOMPARE(refused.exitStatus, 1);
        QVERIFY2(refused.standardError.find("write mlx5_0 hca_handle=3 hca_object=100 to /sys/fs/cgroup/")
                != std::string::npos,
            said(refused));
    }

    void failWithNothingLeftBehind()
    {
        resources().unified["memory.max"] = "much";
        const auto refused = run("true");
        QCOMPARE(refused.exitStatus, 1);
        QVERIFY2(refused.standardError.find("write much to ") != std::string::npos, said(refused));
    }

    void nameTheControllerThatIsNotDelegated_data()
    {
        QTest::addColumn<QString>("controller");
        QTest::newRow("io") << QStringLiteral("io");
        QTest::newRow("cpuset") << QStringLiteral("cpuset");
        QTest::newRow("hugetlb") << QStringLiteral("hugetlb");
    }
    void nameTheControllerThatIsNotDelegated()
    {
        if (isRoot())
            QSKIP("root has every controller");
        QFETCH(QString, controller);
        const bool isOfSystemd = controller != QStringLiteral("hugetlb");
        start("web", "exec sleep 100");
        const std::string change = m_bundle->path("/resources.json");
        if (controller == QStringLiteral("io"))
            resources().ioWeight = 100;
        else if (isOfSystemd)
            resources().cpus = "0";
        else
            resources().hugepageLimits = { { "2MB", 0 } };
        const auto config = QJsonDocument::fromJson(QByteArray::fromStdString(oci::encodeRuntimeSpec(m_bundle->spec)));
        const auto changed = config[QStringLiteral("linux")][QStringLiteral("resources")].toObject();
        QVERIFY(writeFileAtomically(change, QJsonDocument(changed).toJson().toStdString()));
        for (const auto& output : { run("true"), m_bundle->hull({ "update", "-r", change, "web" }) }) {
            QCOMPARE(output.exitStatus, 1);
            const auto line = QString::fromStdString(output.standardError);
            QVERIFY2(
                line.contains(QStringLiteral("\"%1\" is not delegated to this user").arg(controller)), said(output));
            QCOMPARE(line.contains(QStringLiteral("/etc/systemd/system/user@.service.d/delegate.conf")), isOfSystemd);
        }
        remove("web");
    }

private:
    /// Values that differ in every file.
    struct Values {
        std::int64_t mebibytes; ///< of memory; the others follow
        std::int64_t quota;
        std::uint64_t period, shares, burst;
        std::int64_t pids;
        const char* cpus;
        std::uint32_t ioWeight;
        std::uint64_t rate;
        std::vector<std::pair<std::string, std::string>> files; ///< for everybody
    };
    static inline const Values kFirst{ 64, 20'000, 100'000, 1'024, 10'000, 20, "1", 500, 1'000'000,
        { { "memory.max", "67108864" }, { "memory.swap.max", "33554432" }, { "memory.low", "33554432" },
            { "memory.high", "50331648" }, { "memory.min", "4194304" }, { "cpu.max", "20000 100000" },
            { "cpu.max.burst", "10000" }, { "cpu.weight", "39" }, { "pids.max", "20" } } };
    static inline const Values kSecond{ 32, 30'000, 50'000, 2'048, 5'000, 10, "0", 100, 2'000'000,
        { { "memory.max", "33554432" }, { "memory.swap.max", "16777216" }, { "memory.low", "16777216" },
            { "memory.high", "25165824" }, { "memory.min", "2097152" }, { "cpu.max", "30000 50000" },
            { "cpu.max.burst", "5000" }, { "cpu.weight", "79" }, { "pids.max", "10" } } };

    void ask(const Values& values)
    {
        oci::Resources& asked = resources();
        asked.memoryLimitBytes = values.mebibytes << 20;
        asked.memorySwapBytes = (values.mebibytes << 20) * 3 / 2;
        asked.memoryReservationBytes = values.mebibytes << 19;
        asked.unified = { { "memory.high", std::to_string(values.mebibytes * 3 << 18) },
            { "memory.min", std::to_string(values.mebibytes << 16) } };
        asked.cpuQuotaMicroseconds = values.quota;
        asked.cpuPeriodMicroseconds = values.period;
        asked.cpuShares = values.shares;
        asked.cpuBurstMicroseconds = values.burst;
        asked.pidsLimit = values.pids;
        if (!isRoot())
            return;
        asked.cpus = values.cpus;
        asked.mems = "0";
        asked.ioWeight = values.ioWeight;
        const auto [major, minor] = disk();
        asked.readBytesPerSecond = { { major, minor, values.rate } };
        asked.writeBytesPerSecond = { { major, minor, values.rate + 1 } };
        asked.readsPerSecond = { { major, minor, values.rate + 2 } };
        asked.writesPerSecond = { { major, minor, values.rate + 3 } };
    }

    /// One line for each file of "web" that does not say what it should.
    QString wrongFiles(const Values& values) const
    {
        auto expected = values.files;
        if (isRoot()) {
            const auto [major, minor] = disk();
            const std::string rates = std::to_string(major) + ":" + std::to_string(minor)
                + " rbps=" + std::to_string(values.rate) + " wbps=" + std::to_string(values.rate + 1)
                + " riops=" + std::to_string(values.rate + 2) + " wiops=" + std::to_string(values.rate + 3);
            expected.insert(expected.end(),
                { { "cpuset.cpus", values.cpus }, { "cpuset.mems", "0" }, { "io.max", rates },
                    { "io.weight", "default " + std::to_string(1 + (values.ioWeight - 10) * 9'999 / 990) } });
        }
        QStringList wrong;
        for (const auto& [name, text] : expected) {
            if (file("web", name) != text + "\n")
                wrong += QString::fromStdString(name + ": " + file("web", name) + ", not " + text);
        }
        return wrong.join(u'\n');
    }

    /// Numbers of the disk that the guest's root lies on.
    static std::pair<std::int64_t, std::int64_t> disk()
    {
        const auto numbers = QString::fromStdString(*readFile("/sys/block/nvme0n1/dev")).trimmed().split(u':');
        return { numbers[0].toInt(), numbers[1].toInt() };
    }

    void reload() const { QVERIFY(runChecked(systemctl({ "daemon-reload" }), std::chrono::seconds(60))); }
};

QTEST_GUILESS_MAIN(LimitsTest)
#include "limits_test.moc"
