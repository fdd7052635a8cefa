// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"
#include "core/registries/registry_search.h"
#include "tests/support/image_archive.h"
#include "tests/support/registry.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <signal.h>
#include <sys/wait.h>

using namespace twinhull;
using namespace std::chrono_literals;
using test::LocalRegistry;
using test::TarBuilder;

namespace {

constexpr std::size_t kLayerBytes = 3'000'000;

/// What no compression makes smaller.
std::string noise(std::size_t bytes)
{
    QFile file(QStringLiteral("/dev/urandom"));
    return file.open(QIODevice::ReadOnly) ? file.read(static_cast<qint64>(bytes)).toStdString() : std::string();
}

} // namespace

/// Against a real registry on loopback, and against one that breaks, lies and falls silent.
class ImageRegistryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        m_world = std::make_unique<test::TemporaryWorld>();
        m_store = std::make_unique<ImageStore>(m_world->folders());
        m_registry
            = std::make_unique<LocalRegistry>(m_world->path(QStringLiteral("registry")), LocalRegistry::Access::Open);
        if (!m_registry->problem().isEmpty())
            QSKIP(qPrintable(m_registry->problem()));
    }

    void pushesAndPullsTheSameLayers()
    {
        QVERIFY(putIn(*m_registry, "team/web:1"));
        const auto before = m_store->find(QStringLiteral("web:1"));
        QVERIFY(succeeds(m_store->remove(before->digest)));
        qint64 lastDone = -1;
        auto job = pullJob(*m_store, planFor(m_registry->named("team/web:1")));
        connect(job.get(), &Job::progressChanged, job.get(), [&](qint64 done, qint64 total) {
            QVERIFY(done >= 0 && done <= total);
            lastDone = done;
        });
        QVERIFY(succeeds(std::move(job)));
        const auto pulled = m_store->find(QString::fromStdString(m_registry->named("team/web:1")));
        QVERIFY(pulled);
        QCOMPARE(pulled->layerDigests.size(), before->layerDigests.size());
        QCOMPARE(pulled->command, before->command);
        QVERIFY(succeeds(m_store->unpack(pulled->digest))); // diff ids are right
        QVERIFY(hasNoLeftovers());
        QVERIFY(lastDone >= 0);
    }

    void takesARegistryWithoutTlsAsItsConfigurationSays()
    {
        QVERIFY(putIn(*m_registry, "team/web:1"));
        auto plan = planFor(m_registry->named("team/web:1"));
        plan.access = {};
        QVERIFY(test::trustLoopbackRegistries());
        auto job = pullJob(*m_store, plan);
        QVERIFY(succeeds(std::move(job)));
    }

    /// The registry of that name is gone, and its first mirror has nothing.
    void asksTheMirrorsOfThePersonsConfiguration()
    {
        QVERIFY(putIn(*m_registry, "team/web:1"));
        QVERIFY(succeeds(m_store->remove(QStringLiteral("web:1"))));
        const LocalRegistry empty(m_world->path(QStringLiteral("empty")), LocalRegistry::Access::Open);
        QVERIFY2(empty.problem().isEmpty(), qPrintable(empty.problem()));
        auto gone = std::make_unique<LocalRegistry>(m_world->path(QStringLiteral("gone")), LocalRegistry::Access::Open);
        QVERIFY2(gone->problem().isEmpty(), qPrintable(gone->problem()));
        const std::string host = gone->host();
        gone.reset();
        auto plan = planFor(host + "/team/web:1");
        plan.access = {};
        plan.retries = 0;
        QVERIFY(configureMirrors(host, { empty.host() }));
        const auto alone = pullJob(*m_store, plan);
        QVERIFY(!test::runJob(*alone));
        QVERIFY(m_store->images().empty());
        QVERIFY(configureMirrors(host, { empty.host(), m_registry->host() }));
        QVERIFY(succeeds(pullJob(*m_store, plan)));
        const auto pulled
            = m_store->find(QString::fromStdString(host + "/team/web:1")); // by the name that was asked for
        QVERIFY(pulled);
        QVERIFY(succeeds(m_store->unpack(pulled->digest)));
        QVERIFY(hasNoLeftovers());
    }

    void goesOnWithTheLayersThatAreThere()
    {
        QVERIFY(putIn(*m_registry, "team/web:1"));
        const test::UnkindRegistry unkind(*m_registry, m_world->path(QStringLiteral("mode")));
        QVERIFY(unkind.isReady());
        QVERIFY(succeeds(m_store->remove(QStringLiteral("web:1"))));
        unkind.setMode("slow 2000000"); // the small layer is whole long before the large ones
        auto plan = planFor(unkind.named("team/web:1"));
        auto job = pullJob(*m_store, plan);
        connect(job.get(), &Job::progressChanged, job.get(), [&](qint64 done, qint64) {
            if (done > 1'000'000)
                job->cancel();
        });
        QCOMPARE(test::runJob(*job).error().code, ErrorCode::Cancelled);
        QVERIFY(m_store->images().empty());
        unkind.setMode("kind");
        QStringList steps;
        auto again = pullJob(*m_store, plan);
        connect(again.get(), &Job::stepChanged, again.get(), [&](const QString& step) { steps << step; });
        QVERIFY(succeeds(std::move(again)));
        QVERIFY2(steps.filter(QStringLiteral("were there")).size() > 0, qPrintable(steps.join(u'\n')));
        QVERIFY(hasNoLeftovers());
    }

    void losesNothingWhenItIsKilled()
    {
        QVERIFY(putIn(*m_registry, "team/web:1"));
        const QString kept = m_store->find(QStringLiteral("web:1"))->digest;
        const test::UnkindRegistry unkind(*m_registry, m_world->path(QStringLiteral("mode")));
        unkind.setMode("slow 1000000");
        const std::string fresh
            = test::dockerArchive("other:1", { TarBuilder().file("three", noise(kLayerBytes)).build() });
        QVERIFY(writeFileAtomically(file("other.tar"), fresh));
        QVERIFY(succeeds(m_store->load(m_world->path(QStringLiteral("other.tar")))));
        QVERIFY(succeeds(pushJob(*m_store,
            { *Digest::parse(m_store->find(QStringLiteral("other:1"))->digest.toStdString()),
                *RegistryReference::parse(m_registry->named("team/other:1")), plainAccess() })));
        QVERIFY(succeeds(m_store->remove(QStringLiteral("other:1"))));
        const std::string downloads = m_world->folders().images() + "/downloads";
        for (int i = 0; i < 3; ++i) { // at another moment each time
            auto child = spawn(
                { { TH_BIN_DIR "/twinhullctl", "images", "pull", "--tls-verify=false", unkind.named("team/other:1") },
                    {}, {} },
                {});
            QVERIFY(child);
            QTRY_VERIFY_WITH_TIMEOUT(hasGrownTo(downloads, static_cast<std::uint64_t>(i) * 400'000), 30'000);
            QCOMPARE(::kill(child->pid, SIGKILL), 0);
            QCOMPARE(::waitpid(child->pid, nullptr, 0), child->pid);
            const ImageStore store(m_world->folders());
            QCOMPARE(store.images().size(), std::size_t{ 1 });
            QCOMPARE(store.images().front().digest, kept);
        }
        unkind.setMode("kind");
        QVERIFY(succeeds(pullJob(*m_store, planFor(unkind.named("team/other:1")))));
        QVERIFY(succeeds(m_store->unpack(m_store->find(QStringLiteral("other:1"))->digest)));
    }

    void namesTheTroubleOfAnUnkindRegistry_data()
    {
        QTest::addColumn<QByteArray>("mode");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("a layer that is not its digest")
            << QByteArray("flip") << ErrorCode::Corrupt << QStringLiteral("what came is not what its digest says");
        QTest::newRow("a connection that breaks each time")
            << QByteArray("cut 100000") << ErrorCode::Unavailable << QStringLiteral("tried 2 times");
        QTest::newRow("a server that falls silent")
            << QByteArray("stall 100000") << ErrorCode::Timeout << QStringLiteral("sent nothing for 2 s");
    }
    void namesTheTroubleOfAnUnkindRegistry()
    {
        QFETCH(QByteArray, mode);
        QFETCH(ErrorCode, code);
        QFETCH(QString, words);
        QVERIFY(putIn(*m_registry, "team/web:1"));
        const test::UnkindRegistry unkind(*m_registry, m_world->path(QStringLiteral("mode")));
        QVERIFY(unkind.isReady());
        QVERIFY(succeeds(m_store->remove(QStringLiteral("web:1"))));
        unkind.setMode(mode);
        auto plan = planFor(unkind.named("team/web:1"));
        plan.retries = mode.startsWith("cut") ? 1 : 0;
        if (mode.startsWith("stall"))
            plan.stallLimit = 2s;
        const auto job = pullJob(*m_store, plan);
        auto pulled = test::runJob(*job);
        QVERIFY(!pulled);
        QCOMPARE(pulled.error().code, code);
        const QString line = QString::fromStdString(pulled.error().toLine());
        QVERIFY2(line.contains(words), qPrintable(line));
        QVERIFY(!pulled.error().hint.empty());
        QVERIFY(m_store->images().empty());
        QCOMPARE(
            QDir(QString::fromStdString(m_world->folders().images() + "/blobs/sha256")).entryList(QDir::Files).size(),
            0);
    }

    void triesAgainAfterABrokenConnection()
    {
        QVERIFY(putIn(*m_registry, "team/web:1"));
        const test::UnkindRegistry unkind(*m_registry, m_world->path(QStringLiteral("mode")));
        unkind.setMode("cut-once 100000");
        QVERIFY(succeeds(m_store->remove(QStringLiteral("web:1"))));
        QVERIFY(succeeds(pullJob(*m_store, planFor(unkind.named("team/web:1")))));
    }

    void tellsWhatARegistryDoesNotHave_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("tag") << QStringLiteral("team/web:none") << ErrorCode::NotFound;
        QTest::newRow("repository") << QStringLiteral("nobody/nothing") << ErrorCode::NotFound;
    }
    void tellsWhatARegistryDoesNotHave()
    {
        QFETCH(QString, name);
        QFETCH(ErrorCode, code);
        QVERIFY(putIn(*m_registry, "team/web:1"));
        const auto job = pullJob(*m_store, planFor(m_registry->named(name.toStdString())));
        const auto pulled = test::runJob(*job);
        QCOMPARE(pulled.error().code, code);
        QVERIFY(!pulled.error().hint.empty());
    }

    void wantsTheRightPassword()
    {
        const LocalRegistry locked(m_world->path(QStringLiteral("locked")), LocalRegistry::Access::Password);
        QVERIFY2(locked.problem().isEmpty(), qPrintable(locked.problem()));
        QVERIFY(loadImage());
        const auto push = PushPlan{ theImage(), *RegistryReference::parse(locked.named("team/web:1")), plainAccess() };
        const auto refused = pushJob(*m_store, push);
        QCOMPARE(test::runJob(*refused).error().code, ErrorCode::PermissionDenied);
        QVERIFY(refused->result().error().hint.find("images login " + locked.host()) != std::string::npos);

        const auto wrong = loginJob({ locked.host(), "user", "wrong", plainAccess() });
        QCOMPARE(test::runJob(*wrong).error().code, ErrorCode::PermissionDenied);
        QVERIFY(succeeds(loginJob({ locked.host(), "user", "secret", plainAccess() })));
        QVERIFY(succeeds(pushJob(*m_store, push)));
        QVERIFY(succeeds(m_store->remove(QStringLiteral("web:1"))));
        QVERIFY(succeeds(pullJob(*m_store, planFor(locked.named("team/web:1")))));
        QVERIFY(logoutOfRegistry(locked.host(), {}));
        QCOMPARE(logoutOfRegistry(locked.host(), {}).error().code, ErrorCode::NotFound);
    }

    void searchesByAPartOfTheName()
    {
        QVERIFY(putIn(*m_registry, "team/web:1"));
        QCOMPARE(*found(m_registry->host() + "/WE"), std::vector{ m_registry->named("team/web") });
        QCOMPARE(*found(m_registry->host() + "/"), std::vector{ m_registry->named("team/web") });
        QVERIFY(found(m_registry->host() + "/nothing")->empty());
        const auto nobody = found("127.0.0.1:1/web");
        QCOMPARE(nobody.error().code, ErrorCode::Unavailable);
        QCOMPARE(RegistrySearch::parse("").error().code, ErrorCode::InvalidArgument);
    }

    void searchesWithTheLoginThatIsKept()
    {
        const LocalRegistry locked(m_world->path(QStringLiteral("locked")), LocalRegistry::Access::Password);
        QVERIFY2(locked.problem().isEmpty(), qPrintable(locked.problem()));
        QCOMPARE(found(locked.host() + "/").error().code, ErrorCode::PermissionDenied);
        QVERIFY(succeeds(loginJob({ locked.host(), "user", "secret", plainAccess() })));
        QVERIFY(found(locked.host() + "/")->empty());
    }

    void copiesBetweenRegistriesAndListsTags()
    {
        const LocalRegistry other(m_world->path(QStringLiteral("other")), LocalRegistry::Access::Open);
        QVERIFY(putIn(*m_registry, "team/web:1"));
        RegistryCopy copy{ *RegistryReference::parse(m_registry->named("team/web:1")),
            *RegistryReference::parse(other.named("mirror/web:2")) };
        copy.fromAccess = copy.toAccess = plainAccess();
        QVERIFY(succeeds(copyJob(copy)));
        std::vector<std::string> tags;
        auto job = m_store->work(QStringLiteral("tags"), [&](const DataFolders&, JobContext& context) {
            auto list = listTags(copy.to, plainAccess(), context);
            if (list)
                tags = *list;
            return list ? Result<>() : Result<>(std::move(list).error());
        });
        QVERIFY(succeeds(std::move(job)));
        QCOMPARE(tags, std::vector<std::string>{ "2" });
    }

    void takesThePlatformThatIsWanted()
    {
        QVERIFY(putManyPlatforms());
        const std::string name = m_registry->named("team/many:1");
        QVERIFY(succeeds(pullJob(*m_store, planFor(name))));
        QCOMPARE(m_store->find(QString::fromStdString(name))->architecture,
            QString::fromLatin1(hostArchitecture().data(), static_cast<qsizetype>(hostArchitecture().size())));
        auto plan = planFor(name);
        plan.platform = *parsePlatform("linux/riscv64");
        QVERIFY(succeeds(pullJob(*m_store, plan)));
        QCOMPARE(m_store->find(QString::fromStdString(name))->architecture, QStringLiteral("riscv64"));
        plan.platform = *parsePlatform("linux/mips");
        const auto job = pullJob(*m_store, plan);
        auto pulled = test::runJob(*job);
        QCOMPARE(pulled.error().code, ErrorCode::Unsupported);
        QVERIFY2(pulled.error().hint.find("linux/riscv64") != std::string::npos, pulled.error().hint.c_str());
    }

private:
    /// The names that a search finds.
    static Result<std::vector<std::string>> found(const std::string& words)
    {
        auto search = RegistrySearch::parse(words);
        if (!search)
            return std::move(search).error();
        search->access = plainAccess();
        std::vector<std::string> names;
        ThreadJob job(QStringLiteral("search"), QThreadPool::globalInstance(), [&](JobContext& context) -> Result<> {
            auto all = searchRegistry(*search, context);
            if (!all)
                return std::move(all).error();
            for (const auto& each : *all)
                names.push_back(each.name);
            return {};
        });
        const Result<> done = test::runJob(job);
        return done ? Result<std::vector<std::string>>(std::move(names))
                    : Result<std::vector<std::string>>(done.error());
    }
    static RegistryAccess plainAccess() { return { false, {} }; }

    static PullPlan planFor(const std::string& name)
    {
        PullPlan plan{ *RegistryReference::parse(name) };
        plan.access = plainAccess();
        return plan;
    }

    std::string file(const char* name) const { return m_world->path(QLatin1String(name)).toStdString(); }
    Digest theImage() const { return *Digest::parse(m_store->find(QStringLiteral("web:1"))->digest.toStdString()); }

    bool loadImage()
    {
        const std::string small = TarBuilder().folder("etc").file("etc/a", "a").build();
        const std::string archive = test::dockerArchive("web:1",
            { small, TarBuilder().file("one", noise(kLayerBytes)).build(),
                TarBuilder().file("two", noise(kLayerBytes)).build() });
        return writeFileAtomically(file("web.tar"), archive)
            && succeeds(m_store->load(m_world->path(QStringLiteral("web.tar"))));
    }

    bool putIn(const LocalRegistry& registry, const std::string& name)
    {
        return loadImage()
            && succeeds(
                pushJob(*m_store, { theImage(), *RegistryReference::parse(registry.named(name)), plainAccess() }));
    }

    /// containers-registries.conf(5), in the person's own folder.
    static bool configureMirrors(const std::string& host, const std::vector<std::string>& mirrors)
    {
        const std::string folder = QDir::homePath().toStdString() + "/.config/containers";
        std::string text = "[[registry]]\nprefix = \"" + host + "\"\nlocation = \"" + host + "\"\ninsecure = true\n";
        for (const auto& mirror : mirrors)
            text += "[[registry.mirror]]\nlocation = \"" + mirror + "\"\ninsecure = true\n";
        return makeFolders(folder) && writeFileAtomically(folder + "/registries.conf", text);
    }

    /// An index of two platforms, sent by skopeo.
    bool putManyPlatforms()
    {
        const std::string layout = file("many");
        const std::string layer = TarBuilder().file("a", "a").build();
        return test::writeIndexedLayout(layout, { "riscv64", std::string(hostArchitecture()) }, layer)
            && runChecked({ { "skopeo", "--insecure-policy", "copy", "--multi-arch", "all", "--dest-tls-verify=false",
                                "oci:" + layout + ":many", "docker://" + m_registry->named("team/many:1") },
                              {}, {} },
                60s);
    }

    static bool hasGrownTo(const std::string& folder, std::uint64_t bytes)
    {
        const auto size = allocatedBytes(folder);
        return size && *size > bytes;
    }

    bool hasNoLeftovers() const
    {
        const QDir images(QString::fromStdString(m_world->folders().images()));
        const QDir downloads(images.filePath(QStringLiteral("downloads")));
        return images.entryList({ QStringLiteral("*.partial") }).isEmpty()
            && downloads.entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty();
    }

    static bool succeeds(std::unique_ptr<Job> job)
    {
        auto result = test::runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return bool(result);
    }

    std::unique_ptr<test::TemporaryWorld> m_world;
    std::unique_ptr<ImageStore> m_store;
    std::unique_ptr<LocalRegistry> m_registry;
};

QTEST_GUILESS_MAIN(ImageRegistryTest)
#include "image_registry_test.moc"
