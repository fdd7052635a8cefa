// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"
#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;

/// Archives written by skopeo out of our own layout: that it can read ours, and that we can read what it writes.
class ImageFormatsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void loadsWhatSkopeoMakesOfOurLayout_data()
    {
        QTest::addColumn<QString>("transport");
        QTest::addColumn<QString>("reference");
        QTest::newRow("docker-archive") << QStringLiteral("docker-archive:%1/copy:team/copy:2")
                                        << QStringLiteral("docker.io/team/copy:2");
        QTest::newRow("oci-archive with a tag") << QStringLiteral("oci-archive:%1/copy:2") << QStringLiteral("copy:2");
        QTest::newRow("oci-archive without") << QStringLiteral("oci-archive:%1/copy") << QStringLiteral("copy:latest");
        QTest::newRow("folder") << QStringLiteral("oci:%1/copy:3") << QStringLiteral("copy:3");
    }
    void loadsWhatSkopeoMakesOfOurLayout()
    {
        if (findExecutable("skopeo").empty())
            QSKIP("skopeo is not installed");
        QFETCH(QString, transport);
        QFETCH(QString, reference);
        const test::TemporaryWorld world;
        ImageStore store(world.folders());
        const auto build = buildStarterImage(world.folders(), QStringLiteral("/bin/busybox"));
        QVERIFY(test::runJob(*build));
        auto copied = runChecked({ { "skopeo", "--insecure-policy", "copy", "--quiet",
                                       "oci:" + world.folders().images() + ":twinhull/starter:latest",
                                       transport.arg(world.path()).toStdString() },
                                     {}, {} },
            60s);
        QVERIFY2(copied, copied ? "" : copied.error().message.c_str());
        const auto load = store.load(world.path(QStringLiteral("copy")));
        auto loaded = test::runJob(*load);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const auto info = store.find(reference);
        QVERIFY2(info, qPrintable(store.images().back().references.join(u' ')));
        QCOMPARE(info->entrypoint, QStringList{ QStringLiteral("/bin/starter") });
        QCOMPARE(info->labels.value(QStringLiteral("org.twinhull.work.http")), QStringLiteral("8080/cgi-bin/work"));
    }
};

QTEST_GUILESS_MAIN(ImageFormatsTest)
#include "image_formats_test.moc"
