// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/starter_image.h"

#include "core/images/image_store.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QTest>

using namespace twinhull;

class StarterImageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void buildsAnImageThatTheStoreLists()
    {
        const test::TemporaryWorld world;
        ImageStore store(world.folders());
        QSignalSpy added(&store, &ImageStore::added);
        const auto job = buildStarterImage(world.folders(), kBusybox);
        auto built = test::runJob(*job);
        QVERIFY2(built, built ? "" : built.error().message.c_str());
        QTRY_COMPARE(added.count(), 1);
        const auto info = store.find(QStringLiteral("starter"));
        QVERIFY(info);
        QCOMPARE(info->shortName(), QStringLiteral("twinhull/starter:latest"));
        QCOMPARE(info->entrypoint, QStringList{ QStringLiteral("/bin/starter") });
        QCOMPARE(info->user, QStringLiteral("1000:1000"));
        QCOMPARE(info->exposedPorts, QStringList{ QStringLiteral("8080/tcp") });
        QCOMPARE(info->labels.value(QStringLiteral("org.twinhull.work.http")), QStringLiteral("8080/cgi-bin/work"));
        QVERIFY(info->compressedBytes > 100'000);
    }

    void givesTheSameDigestEachTime()
    {
        QString digests[2];
        for (QString& digest : digests) {
            const test::TemporaryWorld world;
            const auto job = buildStarterImage(world.folders(), kBusybox);
            QVERIFY(test::runJob(*job));
            const ImageStore store(world.folders());
            QCOMPARE(store.images().size(), std::size_t{ 1 });
            digest = store.images().front().digest;
        }
        QCOMPARE(digests[0], digests[1]);
    }

    void namesThePackageWhereBusyboxIsMissing()
    {
        const test::TemporaryWorld world;
        const auto job = buildStarterImage(world.folders(), QStringLiteral("/no/such/busybox"));
        auto built = test::runJob(*job);
        QVERIFY(!built);
        QCOMPARE(built.error().code, ErrorCode::NotFound);
        QVERIFY(built.error().hint.find("busybox-static") != std::string::npos);
        QVERIFY(ImageStore(world.folders()).images().empty());
    }

    void refusesADynamicProgram()
    {
        const test::TemporaryWorld world;
        const auto job = buildStarterImage(world.folders(), QStringLiteral("/bin/ls"));
        auto built = test::runJob(*job);
        QVERIFY(!built);
        QCOMPARE(built.error().code, ErrorCode::Unsupported);
    }

private:
    const QString kBusybox = QStringLiteral("/bin/busybox");
};

QTEST_GUILESS_MAIN(StarterImageTest)
#include "starter_image_test.moc"
