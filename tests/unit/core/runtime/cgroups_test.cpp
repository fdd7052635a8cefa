// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/cgroups/cgroup_limits.h"
#include "core/runtime/cgroups/controllers.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/xattr.h>

#include <future>
#include <set>

using namespace twinhull;
using namespace twinhull::runtime;

/// A folder that looks like a cgroup v2 tree: what would be written, where, and what is taken back.
class CgroupsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void namesTheMissingController_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("controller");
        QTest::newRow("memory") << QStringLiteral("memory.high") << QStringLiteral("\"memory\"");
        QTest::newRow("hugetlb") << QStringLiteral("hugetlb.2MB.max") << QStringLiteral("\"hugetlb\"");
        QTest::newRow("io") << QStringLiteral("io.latency") << QStringLiteral("\"io\"");
    }
    void namesTheMissingController()
    {
        QFETCH(QString, file);
        QFETCH(QString, controller);
        const CgroupHost host = fakeTree("cpu\n");
        oci::Resources resources;
        resources.unified[file.toStdString()] = "1";
        auto made = makeCgroup(host, { "web", {}, resources });
        QVERIFY(!made);
        QVERIFY2(
            made.error().message.find(controller.toStdString()) != std::string::npos, made.error().message.c_str());
        QVERIFY(made.error().hint.find("systemd.unified_cgroup_hierarchy=1") != std::string::npos);
        QVERIFY(!exists(host.tree + "/hull"));
    }

    void tellsAnOrdinaryUserHowToBeGivenTheController_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("message");
        QTest::newRow("io") << QStringLiteral("io.max")
                            << QStringLiteral("Delegate=cpu cpuset io memory pids\\n' | sudo install");
        QTest::newRow("rdma") << QStringLiteral("rdma.max") << QStringLiteral("systemd hands it to nobody");
        QTest::newRow("nowhere") << QStringLiteral("misc.max") << QStringLiteral("tree has no controller \"misc\"");
    }
    void tellsAnOrdinaryUserHowToBeGivenTheController()
    {
        QFETCH(QString, file);
        QFETCH(QString, message);
        CgroupHost host = fakeTree("cpu io rdma memory\n");
        host.isRootUser = false;
        host.own = "/user";
        fakeFolder("/user", "cpu memory\n");
        oci::Resources resources;
        resources.unified[file.toStdString()] = "1";
        auto made = makeCgroup(host, { "web", {}, resources });
        QVERIFY(!made);
        const auto line = QString::fromStdString(made.error().toLine());
        QVERIFY2(line.contains(message), qPrintable(line));
        QVERIFY2(line.contains(file.section(u'.', 0, 0)), qPrintable(line));
    }

    // the kernel would allow it for cpu, and then let no process into what is below
    void handsNothingDownBesideProcesses()
    {
        const CgroupHost host = fakeTree("cpu memory\n");
        QVERIFY(writeFileAtomically(host.tree + "/cgroup.type", "domain\n"));
        QVERIFY(writeFileAtomically(host.tree + "/cgroup.procs", "1\n"));
        QVERIFY(!handDown(host.tree, { "cpu" }));
        QVERIFY(readFile(host.tree + "/cgroup.subtree_control")->empty());
    }

    void movesProcessesAsideInACallersScopeOnly_data()
    {
        QTest::addColumn<bool>("isCallers");
        QTest::newRow("for-hull-web.scope") << true;
        QTest::newRow("hull-web.scope") << false;
        QTest::newRow("twinhull-web.scope") << false;
        QTest::newRow("for-hull-web.service") << false;
    }
    void movesProcessesAsideInACallersScopeOnly()
    {
        QFETCH(bool, isCallers);
        const std::string below = std::string("/") + QTest::currentDataTag();
        const std::string folder = fakeTree("cpu\n").tree + below;
        fakeFolder(below, "cpu\n");
        QVERIFY(makeFolders(folder + "/supervisor"));
        for (const char* name : { "/cgroup.type", "/supervisor/cgroup.procs" })
            QVERIFY(writeFileAtomically(folder + name, ""));
        QVERIFY(writeFileAtomically(folder + "/cgroup.procs", "12\n"));
        QCOMPARE(static_cast<bool>(handDown(folder, { "cpu" })), isCallers);
        QCOMPARE(*readFile(folder + "/supervisor/cgroup.procs"), std::string(isCallers ? "12" : ""));
    }

    void usesNoFolderThatCanHaveNoProcess()
    {
        const CgroupHost host = fakeTree("");
        fakeFolder("/a", "");
        fakeFolder("/a/web", "");
        QVERIFY(writeFileAtomically(host.tree + "/a/web/cgroup.type", "domain invalid\n"));
        const oci::Resources none;
        auto made = makeCgroup(host, { "web", "/a/web", none });
        QVERIFY(made && !*made);
    }

    // what systemd does not know of it does not hand down to its scopes
    void handsDownAsRootWhatIsMissingAbove()
    {
        const CgroupHost host = fakeTree("cpu hugetlb\n");
        fakeFolder("/a.slice", "cpu\n");
        fakeFolder("/a.slice/b.scope", "cpu\n");
        oci::Resources resources;
        resources.cpuShares = 5;
        resources.hugepageLimits = { { "2MB", 0 } };
        const auto provided = provideControllers(host, host.tree + "/a.slice/b.scope", resources);
        QVERIFY2(provided, provided ? "" : provided.error().message.c_str());
        QCOMPARE(*readFile(host.tree + "/cgroup.subtree_control"), std::string("+hugetlb"));
        QCOMPARE(*readFile(host.tree + "/a.slice/cgroup.subtree_control"), std::string("+hugetlb"));
        QVERIFY(readFile(host.tree + "/a.slice/b.scope/cgroup.subtree_control")->empty());
        resources.rdmaLimits = { { "mlx5_0", { 1, 1 } } };
        QVERIFY(!provideControllers(host, host.tree + "/a.slice/b.scope", resources));
    }

    void namesTheControllerWhereThereIsNoTreeAtAll()
    {
        oci::Resources resources;
        resources.pidsLimit = 5;
        auto made = makeCgroup({ {}, "/", true }, { "web", {}, resources });
        QVERIFY(!made && made.error().message.find("\"pids\"") != std::string::npos);
    }

    void runsWithoutACgroupWhereNoneIsNeeded()
    {
        const oci::Resources none;
        auto made = makeCgroup({ {}, "/", true }, { "web", {}, none });
        QVERIFY(made && !*made);
    }

    void handsControllersDownToTheContainersFolder()
    {
        // the folders below are not made by a kernel: their files have to be there first
        const CgroupHost host = fakeTree("cpu pids\n");
        fakeFolder("/hull", "cpu pids\n");
        fakeFolder("/hull/web", "");
        QVERIFY(writeFileAtomically(host.tree + "/hull/web/pids.max", ""));
        oci::Resources resources;
        resources.pidsLimit = 5;
        auto made = makeCgroup(host, { "web", "/hull/web", resources });
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE((*made)->path, host.tree + "/hull/web");
        QCOMPARE(*readFile(host.tree + "/cgroup.subtree_control"), std::string("+pids"));
        QCOMPARE(*readFile(host.tree + "/hull/cgroup.subtree_control"), std::string("+pids"));
        QCOMPARE(*readFile(host.tree + "/hull/web/pids.max"), std::string("5"));
    }

    void findsTheFolderThatIsNamed_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("folder");
        QTest::newRow("default") << QString() << QStringLiteral("/hull/web");
        QTest::newRow("absolute") << QStringLiteral("/a/b") << QStringLiteral("/a/b");
        QTest::newRow("relative") << QStringLiteral("a/b") << QStringLiteral("/a/b");
        QTest::newRow("systemd") << QStringLiteral("my.slice:hull:web") << QStringLiteral("/my.slice/hull-web");
    }
    void findsTheFolderThatIsNamed()
    {
        QFETCH(QString, path);
        QFETCH(QString, folder);
        const CgroupHost host = fakeTree("");
        fakeFolder(folder.section(QLatin1Char('/'), 0, 1).toStdString(), "");
        const oci::Resources none;
        auto made = makeCgroup(host, { "web", path.toStdString(), none });
        QVERIFY(made && *made);
        QCOMPARE((*made)->path, host.tree + folder.toStdString());
    }

    // the same id below another --root: deleting one container must not end the other
    void givesNoTwoContainersOneFolder()
    {
        const CgroupHost host = fakeTree("");
        fakeFolder("/hull", "");
        const oci::Resources none;
        auto first = makeCgroup(host, { "web", {}, none });
        auto second = makeCgroup(host, { "web", {}, none });
        auto third = makeCgroup(host, { "web", {}, none });
        QVERIFY(first && *first && second && *second && third && *third);
        QCOMPARE((*first)->path, host.tree + "/hull/web");
        QCOMPARE((*second)->path, host.tree + "/hull/web.2");
        QCOMPARE((*third)->path, host.tree + "/hull/web.3");
    }

    void givesNoTwoContainersOneFolderAtOnce()
    {
        const CgroupHost host = fakeTree("");
        fakeFolder("/hull", "");
        const oci::Resources none;
        std::vector<std::future<Result<std::optional<Cgroup>>>> making;
        for (int i = 0; i < 16; ++i)
            making.push_back(std::async(std::launch::async, [&] { return makeCgroup(host, { "web", {}, none }); }));
        std::set<std::string> paths;
        for (auto& each : making) {
            auto made = each.get();
            QVERIFY(made && *made);
            paths.insert((*made)->path);
        }
        QCOMPARE(paths.size(), making.size());
    }

    void takesNoFolderThatOthersRunIn()
    {
        const CgroupHost host = fakeTree("pids\n");
        fakeFolder("/hull", "pids\n");
        fakeFolder("/hull/web", "");
        QVERIFY(writeFileAtomically(host.tree + "/hull/web/cgroup.events", "populated 1\nfrozen 0\n"));
        const oci::Resources none;
        auto made = makeCgroup(host, { "web", {}, none });
        QVERIFY(made && *made);
        QCOMPARE((*made)->path, host.tree + "/hull/web.2");
    }

    void refusesANamedFolderThatOthersRunIn()
    {
        const CgroupHost host = fakeTree("pids\n");
        fakeFolder("/mine", "pids\n");
        QVERIFY(writeFileAtomically(host.tree + "/mine/pids.max", "max"));
        QVERIFY(writeFileAtomically(host.tree + "/mine/cgroup.events", "populated 1\nfrozen 0\n"));
        oci::Resources resources;
        resources.pidsLimit = 5;
        auto made = makeCgroup(host, { "web", "/mine", resources });
        QVERIFY(!made);
        QCOMPARE(made.error().code, ErrorCode::Busy);
        QCOMPARE(*readFile(host.tree + "/mine/pids.max"), std::string("max"));
    }

    void neverLeavesTheTree()
    {
        const CgroupHost host = fakeTree("pids\n");
        oci::Resources resources;
        resources.pidsLimit = 5;
        auto made = makeCgroup(host, { "web", "/../outside", resources });
        QVERIFY(!made);
        QVERIFY2(made.error().message.find("must not contain ..") != std::string::npos, made.error().message.c_str());
    }

    void takesTheFoldersBackThatItMade()
    {
        const CgroupHost host = fakeTree("");
        fakeFolder("/a", "");
        if (::setxattr((host.tree + "/a").c_str(), "user.org.twinhull.made", "1", 1, 0) != 0)
            QSKIP("no extended attributes on the folder for temporary files");
        const oci::Resources none;
        auto made = makeCgroup(host, { "web", "/a/web", none });
        QVERIFY(made && *made);
        for (const char* file : { "/a/cgroup.controllers", "/a/cgroup.subtree_control" })
            QVERIFY(removeTree(host.tree + file)); // the kernel's own do not keep a folder from going
        QVERIFY(removeCgroup(host.tree + "/a/web"));
        QVERIFY(!exists(host.tree + "/a"));
        QVERIFY(exists(host.tree));
    }

    void leavesFoldersThatAreNotItsOwn()
    {
        const CgroupHost host = fakeTree("");
        QVERIFY(makeFolders(host.tree + "/operators/web"));
        QVERIFY(removeCgroup(host.tree + "/operators/web"));
        QVERIFY(!exists(host.tree + "/operators/web"));
        QVERIFY(exists(host.tree + "/operators"));
    }

    void takesAMissingFolderForRemoved() { QVERIFY(removeCgroup(path("nowhere"))); }

    void removesWhatTheContainerMadeBelow()
    {
        QVERIFY(makeFolders(path("web/inner/deep")) && makeFolders(path("web/other")));
        QVERIFY(removeCgroup(path("web")));
        QVERIFY(!exists(path("web")));
    }

    void needsControllersOnlyForWhatIsAsked()
    {
        oci::Resources resources;
        QVERIFY(neededControllers(resources).empty());
        resources.cpuShares = 1024; // the default
        QVERIFY(neededControllers(resources).empty());
        resources.cpuShares = 1025;
        QCOMPARE(neededControllers(resources), std::vector<std::string>{ "cpu" });
        resources.cpuShares.reset();
        resources.pidsLimit = 5;
        resources.mems = "0";
        resources.readsPerSecond = { { 8, 0, 100 } };
        resources.unified = { { "cgroup.freeze", "0" }, { "pids.max", "7" }, { "rdma.max", "x" } };
        QCOMPARE(neededControllers(resources), (std::vector<std::string>{ "cpuset", "pids", "io", "rdma" }));
    }

    void writesLimitsAsTheKernelReadsThem()
    {
        makeFiles();
        oci::Resources resources;
        resources.memoryLimitBytes = 1000;
        resources.memorySwapBytes = 1500;
        resources.memoryReservationBytes = 300;
        resources.cpuQuotaMicroseconds = 50'000;
        resources.cpuShares = 1024;
        resources.cpus = "0-1";
        resources.mems = "0";
        resources.pidsLimit = 7;
        resources.ioWeight = 500;
        resources.cpuBurstMicroseconds = 20'000;
        resources.cpuIdle = 1;
        resources.hugepageLimits = { { "2MB", 4'194'304 }, { "1GB", 0 } };
        resources.rdmaLimits["mlx5_0"] = { 3, 1000 };
        for (const char* file :
            { "cpu.max.burst", "cpu.idle", "hugetlb.2MB.max", "hugetlb.2MB.rsvd.max", "hugetlb.1GB.max", "rdma.max" })
            QVERIFY(writeFileAtomically(path(file), ""));
        auto limited = setLimits(root(), resources);
        QVERIFY2(limited, limited ? "" : limited.error().message.c_str());
        const std::vector<std::pair<const char*, const char*>> expected{ { "memory.max", "1000" },
            { "memory.swap.max", "500" }, { "memory.low", "300" }, { "cpu.max", "50000 100000" },
            { "cpu.weight", "39" }, { "cpuset.cpus", "0-1" }, { "cpuset.mems", "0" }, { "pids.max", "7" },
            { "io.weight", "4950" }, { "cpu.max.burst", "20000" }, { "cpu.idle", "1" },
            { "hugetlb.2MB.max", "4194304" }, { "hugetlb.2MB.rsvd.max", "4194304" }, { "hugetlb.1GB.max", "0" },
            { "rdma.max", "mlx5_0 hca_handle=3 hca_object=1000" } };
        for (const auto& [file, text] : expected)
            QCOMPARE(*readFile(path(file)), std::string(text));
    }

    void takesThePeriodThatIsGiven()
    {
        makeFiles();
        oci::Resources resources;
        resources.cpuQuotaMicroseconds = 10'000;
        resources.cpuPeriodMicroseconds = 20'000;
        QVERIFY(setLimits(root(), resources));
        QCOMPARE(*readFile(path("cpu.max")), std::string("10000 20000"));
    }

    void weighsOneDevice()
    {
        makeFiles();
        oci::Resources resources;
        resources.ioDeviceWeights = { { 8, 16, 500 } };
        QVERIFY(setLimits(root(), resources));
        QCOMPARE(*readFile(path("io.weight")), std::string("8:16 4950"));
    }

    void takesNoLessMemoryThanIsUsedWhereThatIsAsked()
    {
        makeFiles();
        QVERIFY(writeFileAtomically(path("memory.current"), "5000\n"));
        oci::Resources resources;
        resources.memoryLimitBytes = 4000;
        QVERIFY(setLimits(root(), resources));
        QVERIFY(writeFileAtomically(path("memory.max"), ""));
        resources.refusesMemoryBelowUse = true;
        auto limited = setLimits(root(), resources);
        QVERIFY(!limited && limited.error().message.find("5000 in use") != std::string::npos);
        QCOMPARE(*readFile(path("memory.max")), std::string());
    }

    void writesRatesDeviceByDevice_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("line");
        QTest::newRow("bytes read") << 0 << QStringLiteral("8:16 rbps=1048576");
        QTest::newRow("bytes written") << 1 << QStringLiteral("8:16 wbps=1048576");
        QTest::newRow("reads") << 2 << QStringLiteral("8:16 riops=1048576");
        QTest::newRow("writes") << 3 << QStringLiteral("8:16 wiops=1048576");
    }
    void writesRatesDeviceByDevice()
    {
        QFETCH(int, which);
        QFETCH(QString, line);
        makeFiles();
        oci::Resources resources;
        const std::vector<std::vector<oci::DeviceRate>*> lists{ &resources.readBytesPerSecond,
            &resources.writeBytesPerSecond, &resources.readsPerSecond, &resources.writesPerSecond };
        *lists.at(static_cast<std::size_t>(which)) = { { 8, 16, 1048576 } };
        QVERIFY(setLimits(root(), resources));
        QCOMPARE(QString::fromStdString(*readFile(path("io.max"))), line);
    }

    void weighsByBfqWhereTheControllerHasNoWeight()
    {
        QVERIFY(writeFileAtomically(path("io.bfq.weight"), ""));
        oci::Resources resources;
        resources.ioWeight = 700;
        QVERIFY(setLimits(root(), resources));
        QCOMPARE(*readFile(path("io.bfq.weight")), std::string("700"));
    }

    void letsTheUnifiedFilesHaveTheLastWord()
    {
        makeFiles();
        oci::Resources resources;
        resources.memoryLimitBytes = 1000;
        resources.unified = { { "memory.max", "max" }, { "memory.low", "64M" } };
        QVERIFY(setLimits(root(), resources));
        QCOMPARE(*readFile(path("memory.max")), std::string("max0")); // an ordinary file keeps what is longer
        QCOMPARE(*readFile(path("memory.low")), std::string("64M"));
    }

    void refusesUnifiedNamesThatAreNoFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("way out") << QStringLiteral("../memory.max");
        QTest::newRow("below") << QStringLiteral("inner/memory.max");
        QTest::newRow("no controller") << QStringLiteral("memory");
        QTest::newRow("empty") << QString();
    }
    void refusesUnifiedNamesThatAreNoFiles()
    {
        QFETCH(QString, name);
        oci::Resources resources;
        resources.unified[name.toStdString()] = "1";
        auto done = setLimits(root(), resources);
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::InvalidArgument);
    }

    void refusesLessSwapThanMemory()
    {
        makeFiles();
        oci::Resources resources;
        resources.memorySwapBytes = 1;
        QCOMPARE(setLimits(root(), resources).error().code, ErrorCode::InvalidArgument); // it would limit nothing
        resources.memoryLimitBytes = 1000;
        QCOMPARE(setLimits(root(), resources).error().code, ErrorCode::InvalidArgument);
    }

    void doesWithoutSwapWhereTheKernelHasNone()
    {
        QVERIFY(writeFileAtomically(path("memory.max"), ""));
        oci::Resources resources;
        resources.memoryLimitBytes = 1000;
        resources.memorySwapBytes = 2000;
        QVERIFY(setLimits(root(), resources));
    }

    void keepsWeightsInTheKernelsRange()
    {
        QCOMPARE(weightOfShares(0), std::uint64_t{ 1 });
        QCOMPARE(weightOfShares(262'144), std::uint64_t{ 10'000 });
        QCOMPARE(weightOfShares(~0ULL), std::uint64_t{ 10'000 });
        QCOMPARE(ioWeightOf(10), std::uint64_t{ 1 });
        QCOMPARE(ioWeightOf(1000), std::uint64_t{ 10'000 });
        QCOMPARE(ioWeightOf(5000), std::uint64_t{ 10'000 });
    }

    void namesTheFileThatCannotBeWritten()
    {
        oci::Resources resources;
        resources.pidsLimit = 5;
        auto done = setLimits(root(), resources);
        QVERIFY(!done);
        QVERIFY2(done.error().message.find("/pids.max") != std::string::npos, done.error().message.c_str());
    }

private:
    std::string root() const { return m_folder->path().toStdString(); }
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    void makeFiles() const
    {
        for (const char* name : { "memory.max", "memory.swap.max", "memory.low", "cpu.max", "cpu.weight", "cpuset.cpus",
                 "cpuset.mems", "pids.max", "io.max", "io.weight" })
            (void)writeFileAtomically(path(name), "");
    }
    void fakeFolder(const std::string& below, const char* controllers) const
    {
        (void)makeFolders(root() + below, 0755);
        (void)writeFileAtomically(root() + below + "/cgroup.controllers", controllers);
        (void)writeFileAtomically(root() + below + "/cgroup.subtree_control", "");
    }
    CgroupHost fakeTree(const char* controllers) const
    {
        fakeFolder("", controllers);
        return { root(), "/", true };
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(CgroupsTest)
#include "cgroups_test.moc"
