// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/half_plan.h"
#include "tests/support/ctl.h"
#include "tests/support/temporary_world.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;
using test::ctl;

/// The command line on real containers of the starter image.
class CtlContainerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto made = ctl({ "images", "starter" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
    }

    void cleanup()
    {
        for (const auto& value : workloads())
            ctl({ "remove", value[u"id"].toString().toStdString(), "--kind", "container" });
    }

    void listsImages()
    {
        const auto images = ctl({ "images", "--json" }).json().array();
        QCOMPARE(images.size(), 1);
        QCOMPARE(images[0][u"references"][0].toString(), QStringLiteral("twinhull/starter:latest"));
        QVERIFY(images[0][u"compressed_bytes"].toDouble() > 0);
    }

    void leadsAContainerFromCreateToRemove()
    {
        const auto port = freeLoopbackPort();
        QVERIFY(port);
        const std::string published = "127.0.0.1:" + std::to_string(*port) + ":8080";
        const auto created = ctl({ "create", "--name", "web", "-p", published, "starter", "--json" });
        QVERIFY2(created.exitCode == 0, qPrintable(created.text()));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("stopped"));

        const auto started = ctl({ "start", "web", "--kind", "container", "--json" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("running"));
        QVERIFY(only()[u"startup_ms"].toDouble() > 0);
        QVERIFY(!test::httpGet(*port, "/").isEmpty());

        const auto again = ctl({ "start", "web", "--kind", "container" });
        QCOMPARE(again.exitCode, 4);

        const auto stopped = ctl({ "stop", "--force", "web", "--kind", "container" });
        QVERIFY2(stopped.exitCode == 0, qPrintable(stopped.text()));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("stopped"));

        const auto removed = ctl({ "remove", "web", "--kind", "container" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
        QVERIFY(workloads().isEmpty());
    }

    void printsWhatTheCommandWrote()
    {
        const auto run
            = ctl({ "run", "--name", "hello", "starter", "/bin/sh", "-c", "echo from inside; exec sleep 60" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QByteArray log;
        QTRY_VERIFY((log = ctl({ "logs", "hello", "--kind", "container" }).out).contains("from inside"));
    }

    void pausesAndResumesOrSaysWhyNot()
    {
        QCOMPARE(ctl({ "run", "--name", "still", "starter" }).exitCode, 0);
        const auto paused = ctl({ "pause", "still", "--kind", "container" });
        if (paused.exitCode != 0) { // a computer without the freezer of cgroup v2
            QCOMPARE(paused.errorLines().size(), 1);
            return;
        }
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("paused"));
        QCOMPARE(ctl({ "resume", "still", "--kind", "container" }).exitCode, 0);
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("running"));
    }

    void tellsWhatARunningContainerCosts()
    {
        QCOMPARE(ctl({ "run", "--name", "busy", "starter" }).exitCode, 0);
        const auto stats = ctl({ "stats", "busy", "--json" });
        QVERIFY2(stats.exitCode == 0, qPrintable(stats.text()));
        const auto figures = stats.json()[u"workloads"][0];
        QCOMPARE(figures[u"name"].toString(), QStringLiteral("busy"));
        QVERIFY(figures[u"memory_bytes"].toDouble() > 0);
    }

    void exportsReadings()
    {
        QCOMPARE(ctl({ "run", "--name", "busy", "starter" }).exitCode, 0);
        const auto exported = ctl({ "export", "busy", "--seconds", "2" });
        QVERIFY2(exported.exitCode == 0, qPrintable(exported.text()));
        const auto lines = exported.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[0].startsWith("time,id,kind,name,cpu_cores,memory_bytes"));
        QCOMPARE(lines[1].count(','), lines[0].count(','));
    }

private:
    static QJsonArray workloads() { return ctl({ "list", "--kind", "container", "--json" }).json().array(); }
    static QJsonObject only()
    {
        const auto all = workloads();
        return all.size() == 1 ? all[0].toObject() : QJsonObject();
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(CtlContainerTest)
#include "ctl_container_test.moc"
