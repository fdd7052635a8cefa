// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/bundle_writer.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <sys/stat.h>

using namespace twinhull;

class BundleWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("low/etc")) && makeFolders(path("high")) && makeFolders(path("c")));
        QVERIFY(writeFileAtomically(path("low/etc/passwd"), "web:x:33:44::/srv:/bin/sh\n"));
    }

    void whatIsWrittenIsReadBackByHullsDoor()
    {
        QVERIFY(writeBundle(source(), path("c"), path("c")));
        const auto text = readFile(path("c/config.json"));
        QVERIFY(text);
        const auto spec = oci::decodeRuntimeSpec(*text);
        QVERIFY2(spec, spec ? "" : spec.error().message.c_str());
        QVERIFY(spec->ignored.empty()); // nothing is asked for that hull would not do
        for (const char* name : { "c/upper", "c/work", "c/rootfs", "c/etc/hosts", "c/etc/resolv.conf" })
            QVERIFY2(exists(path(name)), name);
        struct stat info { };
        QCOMPARE(::stat(path("c/upper").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0755U);
    }

    void thePersonsCommandKeepsTheEntrypoint()
    {
        auto given = source();
        given.image.entrypoint = { QStringLiteral("/init") };
        QCOMPARE(made(given).process->args, (std::vector<std::string>{ "/init", "/bin/server" }));
        given.settings.command = { "a", "b c" };
        QCOMPARE(made(given).process->args, (std::vector<std::string>{ "/init", "a", "b c" }));
    }

    void laterVariablesWin()
    {
        auto given = source();
        given.image.environment
            = { QStringLiteral("PATH=/image"), QStringLiteral("A=image"), QStringLiteral("AB=kept") };
        given.settings.environment = { "A=mine" };
        const auto environment = made(given).process->env;
        const auto has = [&](const char* entry) {
            return std::count(environment.begin(), environment.end(), std::string(entry)) == 1;
        };
        QVERIFY(has("PATH=/image") && has("A=mine") && has("AB=kept") && has("HOME=/srv") && has("HOSTNAME=web"));
        QVERIFY(!has("A=image"));
    }

    void runsAsTheImagesUser()
    {
        const auto user = made(source()).process->user;
        QCOMPARE(user.uid, 33U);
        QCOMPARE(user.gid, 44U);
    }

    void isConfinedByDefault()
    {
        const auto spec = made(source());
        QVERIFY(spec.linux_.seccomp);
        QVERIFY(spec.process->noNewPrivileges);
        QVERIFY(!spec.linux_.maskedPaths.empty() && !spec.linux_.readonlyPaths.empty());
        const auto& bounding = spec.process->capabilities->bounding;
        QVERIFY(std::find(bounding.begin(), bounding.end(), "CAP_SYS_ADMIN") == bounding.end());
        QVERIFY(spec.process->capabilities->inheritable.empty());
    }

    void putsTheLimitsWhereTheSpecificationWantsThem()
    {
        auto given = source();
        QVERIFY(!made(given).linux_.resources.memoryLimitBytes);
        given.settings.memoryBytes = 64U << 20U;
        given.settings.cpus = 1.5;
        given.settings.pids = 20;
        const auto resources = made(given).linux_.resources;
        QCOMPARE(resources.memoryLimitBytes, std::optional<std::int64_t>(64 << 20));
        QCOMPARE(resources.memorySwapBytes, resources.memoryLimitBytes);
        QCOMPARE(resources.cpuQuotaMicroseconds, std::optional<std::int64_t>(150'000));
        QCOMPARE(resources.pidsLimit, std::optional<std::int64_t>(20));
    }

    void putsTheLimitsOfAProcessAboveTheUsualOne()
    {
        auto given = source();
        QCOMPARE(made(given).process->rlimits.size(), std::size_t{ 1 });
        given.settings.process.limits = { { "RLIMIT_CORE", 0, 0 }, { "RLIMIT_NOFILE", 100, 200 } };
        const auto limits = made(given).process->rlimits;
        QCOMPARE(limits.size(), std::size_t{ 2 });
        QCOMPARE(limits[0].type, std::string("RLIMIT_CORE"));
        QCOMPARE(limits[1].type, std::string("RLIMIT_NOFILE"));
        QVERIFY(limits[1].soft == 100 && limits[1].hard == 200);
    }

    void stacksTheLayersAsHullReadsThem()
    {
        const auto annotations = made(source()).annotations;
        QCOMPARE(annotations.at("org.twinhull.rootfs.lower"), path("high") + ":" + path("low"));
        QCOMPARE(annotations.at("org.twinhull.rootfs.upper"), path("c/upper"));
        auto given = source();
        given.layers = { "/a:b" };
        QVERIFY(!makeBundleSpec(given, path("c")));
    }

    void aCopyOfTheLayersIsAFolderAsAnyOther()
    {
        auto given = source();
        given.settings.root = { RootKind::Copy, "no overlay" };
        const auto spec = made(given);
        QCOMPARE(spec.root.path, path("c/upper"));
        QCOMPARE(spec.annotations.count("org.twinhull.rootfs.lower"), std::size_t{ 0 });
        QCOMPARE(spec.annotations.at("org.twinhull.rootfs.copied"), path("high") + ":" + path("low"));
    }

    void marksAnOverlayThatTheKernelDoesNotMake()
    {
        auto given = source();
        given.settings.root = { RootKind::FuseOverlay, "no overlay" };
        qputenv("TWINHULL_FUSE_OVERLAYFS", "/bin/true");
        const auto annotations = made(given).annotations;
        QCOMPARE(annotations.at("org.twinhull.rootfs.fuse"), std::string("1"));
        QCOMPARE(annotations.at("org.twinhull.rootfs.upper"), path("c/upper"));
        qputenv("TWINHULL_FUSE_OVERLAYFS", "none");
        const auto missing = makeBundleSpec(given, path("c"));
        qunsetenv("TWINHULL_FUSE_OVERLAYFS");
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::Unavailable);
        QVERIFY(!missing.error().hint.empty());
    }

    void mountsVolumesAndFoldersAsAsked()
    {
        auto given = source();
        given.settings.mounts = { { "store", "/data", false }, { "/srv", "/host", true } };
        const auto mounts = made(given).mounts;
        const auto at = [&](const char* target) {
            const auto found = std::find_if(
                mounts.begin(), mounts.end(), [&](const oci::Mount& mount) { return mount.destination == target; });
            return found == mounts.end() ? oci::Mount() : *found;
        };
        QCOMPARE(at("/data").source, path("volumes/store"));
        QCOMPARE(at("/host").source, std::string("/srv"));
        const auto options = at("/host").options;
        QVERIFY(std::find(options.begin(), options.end(), "ro") != options.end());
    }

    void anOrdinaryUserGetsAUserNamespace()
    {
        auto given = source();
        QVERIFY(made(given).linux_.uidMappings.empty());
        given.userMappings = { { 0, 1000, 1 }, { 1, 100'000, 65'536 } };
        given.groupMappings = given.userMappings;
        const auto spec = made(given);
        QVERIFY(spec.linux_.namespaces.front().kind == oci::NamespaceKind::User);
        QCOMPARE(spec.linux_.uidMappings.size(), std::size_t{ 2 });
    }

    void takesUserFolderAndHostNameOfThePerson()
    {
        auto given = source();
        given.settings.process.user = "7:8";
        given.settings.process.workingFolder = "/work";
        given.settings.naming.hostName = "db.example";
        const auto spec = made(given);
        QCOMPARE(spec.process->user.uid, 7U);
        QCOMPARE(spec.process->user.gid, 8U);
        QCOMPARE(spec.process->cwd, std::string("/work"));
        QCOMPARE(spec.hostname, std::string("db.example"));
    }

    void anEntrypointOfThePersonReplacesTheCommandToo()
    {
        auto given = source();
        given.image.entrypoint = { QStringLiteral("/init") };
        given.settings.process.entrypoint = std::vector<std::string>{ "/mine", "-x" };
        QCOMPARE(made(given).process->args, (std::vector<std::string>{ "/mine", "-x" }));
        given.settings.command = { "a" };
        QCOMPARE(made(given).process->args, (std::vector<std::string>{ "/mine", "-x", "a" }));
        given.settings.process.entrypoint->clear();
        QCOMPARE(made(given).process->args, (std::vector<std::string>{ "a" }));
    }

    void putsAnInitInFront()
    {
        auto given = source();
        given.settings.process.hasInit = true;
        QVERIFY(!makeBundleSpec(given, path("c"))); // where it is not installed
        given.initProgram = "/opt/container-init";
        const auto spec = made(given);
        QCOMPARE(spec.process->args, (std::vector<std::string>{ "/dev/init", "--", "/bin/server" }));
        QCOMPARE(mountAt(spec, "/dev/init").source, std::string("/opt/container-init"));
    }

    void writesNamesOfOthers()
    {
        auto given = source();
        given.settings.naming
            = { "db", { "9.9.9.9", "1.1.1.1" }, { "lan", "example.org" }, { { "other", "fd00::1" } } };
        QVERIFY(writeBundle(given, path("c"), path("c")));
        QCOMPARE(*readFile(path("c/etc/resolv.conf")),
            std::string("nameserver 9.9.9.9\nnameserver 1.1.1.1\nsearch lan example.org\n"));
        const auto hosts = *readFile(path("c/etc/hosts"));
        QVERIFY2(hosts.find("127.0.1.1\tdb\n") != std::string::npos, hosts.c_str());
        QVERIFY2(hosts.find("fd00::1\tother\n") != std::string::npos, hosts.c_str());
        QCOMPARE(*readFile(path("c/etc/hostname")), std::string("db\n"));
    }

    void asksTheGatewayOfItsNetworkForNames()
    {
        auto given = source();
        given.settings.networks = { { "back", {}, {}, {} } };
        given.nameServers = { "10.89.0.1" };
        given.parentUserNamespace = "/run/user";
        QVERIFY(writeBundle(given, path("c"), path("c")));
        QCOMPARE(*readFile(path("c/etc/resolv.conf")), std::string("nameserver 10.89.0.1\n"));
        const std::string parent(oci::kAnnotationParentUsers);
        QCOMPARE(made(given).annotations.count(parent), std::size_t{ 0 }); // root has none
        given.userMappings = given.groupMappings = { { 0, 1000, 1 } };
        QCOMPARE(made(given).annotations.at(parent), std::string("/run/user"));
    }

    void sharesThisComputersNetwork()
    {
        auto given = source();
        given.settings.hasHostNetwork = true;
        const auto spec = made(given);
        for (const auto& one : spec.linux_.namespaces)
            QVERIFY(one.kind != oci::NamespaceKind::Network);
        const auto sourceOf = [&spec](const char* target) {
            for (const auto& mount : spec.mounts) {
                if (mount.destination == target)
                    return mount.source;
            }
            return std::string();
        };
        QCOMPARE(sourceOf("/sys"), std::string("/sys")); // only the owner of a network may mount it anew
        QCOMPARE(sourceOf("/etc/resolv.conf"), std::string("/etc/resolv.conf"));
    }

    void aReadOnlyRootKeepsScratchFolders()
    {
        auto given = source();
        given.settings.files.isRootReadOnly = true;
        given.settings.mounts = { { "store", "/run", false } };
        given.settings.files.temporaryFolders = { { "/tmp", 1U << 20U, 0700, false, false } };
        const auto spec = made(given);
        QVERIFY(spec.root.readonly);
        QVERIFY(hasOption(mountAt(spec, "/etc/hosts"), "ro"));
        QCOMPARE(mountAt(spec, "/var/tmp").type, std::string("tmpfs"));
        QCOMPARE(mountAt(spec, "/run").type, std::string("bind"));
        const auto tmp = mountAt(spec, "/tmp");
        QVERIFY(hasOption(tmp, "size=1048576") && hasOption(tmp, "mode=700") && hasOption(tmp, "noexec"));
        const auto count = std::count_if(spec.mounts.begin(), spec.mounts.end(),
            [](const oci::Mount& mount) { return mount.destination == "/tmp"; });
        QCOMPARE(count, 1);
    }

    void putsSecretsIntoMemoryBehindAllElse()
    {
        auto given = source();
        given.settings.mounts = { { "store", "/run", false } };
        given.settings.files.secrets
            = { { "key", "/run/secrets/tls/key", 7, 8, 0400 }, { "other", "/etc/other", 0, 0, 0444 } };
        const auto mounts = made(given).mounts;
        QVERIFY(mounts.size() > 6);
        const auto* last = &mounts[mounts.size() - 5];
        QCOMPARE(last[-1].destination, std::string("/run"));
        QVERIFY(last[0].destination == "/run/secrets" && last[0].type == "tmpfs" && hasOption(last[0], "noexec"));
        QCOMPARE(last[1].destination, std::string("/run/secrets/tls/key"));
        QCOMPARE(last[1].source, path("secrets/key"));
        QVERIFY(last[1].type == "copy" && hasOption(last[1], "mode=0400") && hasOption(last[1], "uid=7")
            && hasOption(last[1], "gid=8"));
        QCOMPARE(last[2].type, std::string("copy"));
        QVERIFY(last[3].destination == "/run/secrets" && hasOption(last[3], "ro"));
        QVERIFY(last[4].destination == "/etc/other" && last[4].source == last[2].destination
            && hasOption(last[4], "inroot") && hasOption(last[4], "ro"));
    }

    void needsTheSecretsThatItNames()
    {
        auto given = source();
        given.settings.files.secrets = { { "key", "/run/secrets/key", 0, 0, 0444 } };
        QVERIFY(makeFolders(path("c")));
        const auto refused = writeBundle(given, path("c"), path("c"));
        QVERIFY(!refused && refused.error().code == ErrorCode::NotFound);
        QVERIFY(makeFolders(path("secrets")) && writeFileAtomically(path("secrets/key"), "hush", 0600));
        QVERIFY(writeBundle(given, path("c"), path("c")));
        QVERIFY(readFile(path("c/config.json"))->find("hush") == std::string::npos);
    }

    void addsAndDropsCapabilities()
    {
        auto given = source();
        given.settings.security.addedCapabilities = { "CAP_NET_RAW" };
        given.settings.security.droppedCapabilities = { "CAP_CHOWN" };
        const auto sets = *made(given).process->capabilities; // of a user that is not root
        QVERIFY(
            has(sets.bounding, "CAP_NET_RAW") && !has(sets.bounding, "CAP_CHOWN") && has(sets.bounding, "CAP_KILL"));
        QCOMPARE(sets.ambient, (std::vector<std::string>{ "CAP_NET_RAW" }));
        given.settings.security.droppedCapabilities = { "ALL" };
        QCOMPARE(made(given).process->capabilities->bounding, (std::vector<std::string>{ "CAP_NET_RAW" }));
        given.settings.process.user = "0";
        QVERIFY(made(given).process->capabilities->ambient.empty());
        given.settings.security.addedCapabilities = { "ALL" };
        given.settings.security.droppedCapabilities = { "CAP_SYS_ADMIN" };
        const auto all = made(given).process->capabilities->bounding;
        QVERIFY(all.size() == 40 && !has(all, "CAP_SYS_ADMIN"));
    }

    void confinesAsAsked()
    {
        auto given = source();
        given.settings.security.isUnconfined = true;
        given.settings.security.allowsNewPrivileges = true;
        const auto open = made(given);
        QVERIFY(!open.linux_.seccomp && !open.process->noNewPrivileges);
        given.settings.security.isUnconfined = false;
        given.settings.security.seccompProfile = R"({"defaultAction":"SCMP_ACT_LOG"})";
        QCOMPARE(made(given).linux_.seccomp->defaultAction, std::string("SCMP_ACT_LOG"));
    }

    void putsTheFineLimitsIntoTheSpecification()
    {
        auto given = source();
        given.settings.memoryBytes = 64U << 20U;
        given.settings.fineLimits = { std::int64_t{ 128 } << 20, "0-1", 512, {} };
        auto resources = made(given).linux_.resources;
        QCOMPARE(resources.memorySwapBytes, std::optional<std::int64_t>(std::int64_t{ 128 } << 20));
        QCOMPARE(resources.cpus, std::string("0-1"));
        QCOMPARE(resources.cpuShares, std::optional<std::uint64_t>(512));
        given.settings.fineLimits.memoryAndSwapBytes = -1;
        QVERIFY(!made(given).linux_.resources.memorySwapBytes);
        given.settings.fineLimits.deviceRates = { { "rbps", "/dev/null", 1000 } };
        QVERIFY(!makeBundleSpec(given, path("c"))); // no disk
    }

    void tellsAUserThatTheImageDoesNotHave()
    {
        auto given = source();
        given.image.user = QStringLiteral("nobody");
        const auto spec = makeBundleSpec(given, path("c"));
        QVERIFY(!spec);
        QVERIFY(spec.error().message.find("nobody") != std::string::npos);
    }

private:
    static bool has(const std::vector<std::string>& list, const char* text)
    {
        return std::find(list.begin(), list.end(), text) != list.end();
    }

    static bool hasOption(const oci::Mount& mount, const char* option) { return has(mount.options, option); }

    static oci::Mount mountAt(const oci::RuntimeSpec& spec, const char* target)
    {
        const auto found = std::find_if(spec.mounts.begin(), spec.mounts.end(),
            [&](const oci::Mount& mount) { return mount.destination == target; });
        return found == spec.mounts.end() ? oci::Mount() : *found;
    }

    std::string path(const char* below) const { return m_root->filePath(QLatin1String(below)).toStdString(); }

    BundleSource source() const
    {
        BundleSource source;
        source.settings.id = "0123456789abcdef";
        source.settings.name = "web";
        source.image.command = { QStringLiteral("/bin/server") };
        source.image.user = QStringLiteral("web");
        source.layers = { path("high"), path("low") };
        source.volumesFolder = path("volumes");
        source.secretsFolder = path("secrets");
        return source;
    }

    oci::RuntimeSpec made(const BundleSource& from) const
    {
        auto spec = makeBundleSpec(from, path("c"));
        if (spec)
            return *std::move(spec);
        qWarning("%s", spec.error().message.c_str());
        oci::RuntimeSpec empty;
        empty.process.emplace();
        return empty;
    }

    std::unique_ptr<QTemporaryDir> m_root;
};

QTEST_GUILESS_MAIN(BundleWriterTest)
#include "bundle_writer_test.moc"
