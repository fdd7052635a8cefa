// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "tests/support/image_archive.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QDir>
#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;
using test::TarBuilder;

class ImageLoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        m_world = std::make_unique<test::TemporaryWorld>();
        m_store = std::make_unique<ImageStore>(m_world->folders());
    }

    void loadsADockerArchive_data()
    {
        QTest::addColumn<QString>("compressor");
        QTest::newRow("plain") << QString();
        QTest::newRow("gzip") << QStringLiteral("gzip");
        QTest::newRow("zstd") << QStringLiteral("zstd");
    }
    void loadsADockerArchive()
    {
        QFETCH(QString, compressor);
        QVERIFY(writeFileAtomically(file("web.tar"), test::dockerArchive("team/web:1", { m_layer })));
        QString path = m_world->path(QStringLiteral("web.tar"));
        if (!compressor.isEmpty()) {
            QVERIFY(compressWith(compressor));
            path = m_world->path(QStringLiteral("web.packed"));
        }
        QVERIFY(succeeds(m_store->load(path)));
        const auto info = m_store->find(QStringLiteral("team/web:1"));
        QVERIFY(info);
        QCOMPARE(info->command, QStringList{ QStringLiteral("/bin/true") });
        QCOMPARE(info->layerDigests.size(), 1);
    }

    void loadsItsOwnLayoutFromAFolderAndFromAnArchive()
    {
        const auto built = buildStarterImage(m_world->folders(), QStringLiteral("/bin/busybox"));
        QVERIFY(test::runJob(*built));
        m_store->refresh();
        const QString digest = m_store->images().front().digest;
        const QString folder = m_world->path(QStringLiteral("copy"));
        QVERIFY(QDir().rename(QString::fromStdString(m_world->folders().images()), folder));
        QVERIFY(runChecked({ { "tar", "-C", folder.toStdString(), "-czf", file("copy.tgz"), "." }, {}, {} }, 10s));
        for (const QString& source : { folder, m_world->path(QStringLiteral("copy.tgz")) }) {
            QVERIFY(removeTree(m_world->folders().images()));
            ImageStore store(m_world->folders());
            const auto job = store.load(source);
            QVERIFY(test::runJob(*job));
            QCOMPARE(store.find(QStringLiteral("twinhull/starter"))->digest, digest);
        }
    }

    void leavesNothingOfABadSource_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<ErrorCode>("code");
        const std::string good = test::dockerArchive("web:1", { m_layer });
        QTest::newRow("truncated") << QByteArray::fromStdString(good.substr(0, good.size() / 2)) << ErrorCode::Corrupt;
        QTest::newRow("no archive") << QByteArray("this is a text") << ErrorCode::Corrupt;
        QTest::newRow("empty") << QByteArray() << ErrorCode::Corrupt;
        QTest::newRow("a tar of something else")
            << QByteArray::fromStdString(TarBuilder().file("a", "b").build()) << ErrorCode::Corrupt;
        QTest::newRow("a blob that is not its digest") << QByteArray::fromStdString(
            TarBuilder()
                .file("index.json",
                    R"({"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:)"
                        + std::string(64, 'a') + R"(","size":2}]})")
                .file("blobs/sha256/" + std::string(64, 'a'), "{}")
                .build()) << ErrorCode::Corrupt;
    }
    void leavesNothingOfABadSource()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(ErrorCode, code);
        QVERIFY(writeFileAtomically(file("bad.tar"), bytes.toStdString()));
        const auto job = m_store->load(m_world->path(QStringLiteral("bad.tar")));
        auto loaded = test::runJob(*job);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, code);
        QVERIFY(!loaded.error().hint.empty());
        QVERIFY(m_store->images().empty());
        QCOMPARE(QDir(QString::fromStdString(m_world->folders().images() + "/blobs/sha256")).count(), 2U);
        const QDir images(QString::fromStdString(m_world->folders().images()));
        QVERIFY(images.entryList({ QStringLiteral("*.partial") }).isEmpty());
    }

    void namesAFileThatIsMissing()
    {
        const auto job = m_store->load(QStringLiteral("/no/such/archive.tar"));
        auto loaded = test::runJob(*job);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, ErrorCode::NotFound);
    }

    void showsWhatAnotherProcessLoads()
    {
        QSignalSpy added(m_store.get(), &ImageStore::added);
        ImageStore other(m_world->folders());
        QVERIFY(writeFileAtomically(file("web.tar"), test::dockerArchive("web:1", { m_layer })));
        const auto job = other.load(m_world->path(QStringLiteral("web.tar")));
        QVERIFY(test::runJob(*job));
        QTRY_COMPARE(added.count(), 1);
    }

    void movesAReferenceToTheNewerImage()
    {
        QSignalSpy changed(m_store.get(), &ImageStore::changed);
        QVERIFY(writeFileAtomically(file("1.tar"), test::dockerArchive("web:1", { m_layer })));
        QVERIFY(writeFileAtomically(file("2.tar"), test::dockerArchive("web:1", { m_layer, m_other })));
        QVERIFY(succeeds(m_store->load(m_world->path(QStringLiteral("1.tar")))));
        const QString former = m_store->find(QStringLiteral("web:1"))->digest;
        QVERIFY(succeeds(m_store->load(m_world->path(QStringLiteral("2.tar")))));
        QVERIFY(m_store->find(QStringLiteral("web:1"))->digest != former);
        QVERIFY(m_store->find(former)->references.isEmpty());
        QCOMPARE(changed.count(), 1);
    }

    void removesOnlyWhatNoOtherImageNeeds()
    {
        QVERIFY(writeFileAtomically(file("1.tar"), test::dockerArchive("one:1", { m_layer })));
        QVERIFY(writeFileAtomically(file("2.tar"), test::dockerArchive("two:1", { m_layer, m_other })));
        QVERIFY(succeeds(m_store->load(m_world->path(QStringLiteral("1.tar")))));
        QVERIFY(succeeds(m_store->load(m_world->path(QStringLiteral("2.tar")))));
        const QString other = m_store->find(QStringLiteral("two:1"))->layerDigests[1];
        QSignalSpy removed(m_store.get(), &ImageStore::removed);
        QVERIFY(succeeds(m_store->remove(QStringLiteral("two:1"))));
        QCOMPARE(removed.count(), 1);
        QVERIFY(!m_store->find(QStringLiteral("two:1")));
        const auto left = m_store->find(QStringLiteral("one:1"));
        QVERIFY(left);
        const std::string blobs = m_world->folders().images() + "/blobs/sha256/";
        QVERIFY(exists(blobs + left->layerDigests[0].mid(7).toStdString()));
        QVERIFY(!exists(blobs + other.mid(7).toStdString()));
    }

    void tellsWhatIsUnknown()
    {
        std::unique_ptr<Job> jobs[]
            = { m_store->remove(QStringLiteral("nothing:1")), m_store->unpack(QStringLiteral("sha256:x")),
                  m_store->makeDisk(QStringLiteral("sha256:") + QString(64, u'0')) };
        for (const auto& job : jobs) {
            auto result = test::runJob(*job);
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::NotFound);
            QVERIFY(!result.error().hint.empty());
        }
    }

private:
    std::string file(const char* name) const { return m_world->path(QLatin1String(name)).toStdString(); }

    bool compressWith(const QString& compressor) const
    {
        auto packed = runChecked({ { compressor.toStdString(), "-c", file("web.tar") }, {}, {} }, 10s);
        return packed && writeFileAtomically(file("web.packed"), *packed);
    }

    bool succeeds(std::unique_ptr<Job> job)
    {
        auto result = test::runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return bool(result);
    }

    const std::string m_layer = TarBuilder().folder("etc").file("etc/a", std::string(3000, 'a')).build();
    const std::string m_other = TarBuilder().file("etc/b", "b").build();
    std::unique_ptr<test::TemporaryWorld> m_world;
    std::unique_ptr<ImageStore> m_store;
};

QTEST_GUILESS_MAIN(ImageLoadTest)
#include "image_load_test.moc"
