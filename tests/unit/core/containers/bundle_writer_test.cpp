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

    void stacksTheLayersAsHullReadsThem()
    {
        const auto annotations = made(source()).annotations;
        QCOMPARE(annotations.at("org.twinhull.rootfs.lower"), path("high") + ":" + path("low"));
        QCOMPARE(annotations.at("org.twinhull.rootfs.upper"), path("c/upper"));
        auto given = source();
        given.layers = { "/a:b" };
        QVERIFY(!makeBundleSpec(given, path("c")));
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

    void tellsAUserThatTheImageDoesNotHave()
    {
        auto given = source();
        given.image.user = QStringLiteral("nobody");
        const auto spec = makeBundleSpec(given, path("c"));
        QVERIFY(!spec);
        QVERIFY(spec.error().message.find("nobody") != std::string::npos);
    }

private:
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
