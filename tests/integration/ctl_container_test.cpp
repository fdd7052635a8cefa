// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/half_plan.h"
#include "tests/support/ctl_world.h"
#include "tests/support/process_search.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QMap>
#include <QTest>

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmath>
#include <csignal>

using namespace twinhull;
using test::ctl;

/// The command line on real containers of the starter image.
class CtlContainerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem())); }

    void cleanup() { test::CtlWorld::removeContainers(); }

    /// What the tests rely on: whoever leaves a container behind fails, and leaves nothing all the same.
    void aContainerThatCannotBeRemovedIsTold()
    {
        QCOMPARE(ctl({ "run", "--name", "stuck", "--no-network", "starter", "sleep", "1000" }).exitCode, 0);
        const auto monitors = test::processesNaming(m_world.path(), "hull-monitor");
        QCOMPARE(monitors.size(), std::size_t{ 1 });
        QCOMPARE(::kill(monitors.front(), SIGSTOP), 0); // as one that gets no time on a busy computer
        const QString problem = test::CtlWorld::endContainers();
        QVERIFY2(problem.contains(QStringLiteral("was not removed")), qPrintable(problem));
        QVERIFY2(test::CtlWorld::containers().isEmpty(), qPrintable(problem));
        QVERIFY(test::processesNaming(m_world.path(), "hull-monitor").empty());
        QCOMPARE(test::CtlWorld::endContainers(), QString());
    }

    void listsImages()
    {
        const auto images = ctl({ "images", "--json" }).json().array();
        QCOMPARE(images.size(), 1);
        QCOMPARE(images[0][u"references"][0].toString(), QStringLiteral("twinhull/starter:latest"));
        QVERIFY(images[0][u"compressed_bytes"].toDouble() > 0);
    }

    void putsContainersIntoAGroup()
    {
        const std::string group = "Läb \"1\" <b>";
        const auto inGroup = [&group] {
            QStringList names;
            for (const auto& one : ctl({ "list", "--kind", "container", "--group", group, "--json" }).json().array())
                names << one[u"name"].toString();
            names.sort();
            return names;
        };
        for (const char* name : { "db", "web" })
            QCOMPARE(ctl({ "create", "--name", name, "--no-network", "starter" }).exitCode, 0);
        QVERIFY(!ctl({ "list", "--kind", "container" }).out.contains("GROUP"));
        const auto put = ctl({ "group", "web", "db", "--kind", "container", "--to", group, "--json" });
        QVERIFY2(put.exitCode == 0, qPrintable(put.text()));
        QCOMPARE(put.json()[0][u"group"].toString(), QString::fromStdString(group));
        QCOMPARE(inGroup(), QStringList({ QStringLiteral("db"), QStringLiteral("web") }));
        QVERIFY(ctl({ "list", "--kind", "container" }).out.contains("GROUP"));
        QCOMPARE(ctl({ "rename", "web", "www" }).exitCode, 0);
        for (const char* name : { "a\nb", "\033[2J", " " })
            QVERIFY(ctl({ "group", "www", "--kind", "container", "--to", name }).exitCode != 0);
        QVERIFY(ctl({ "group", "www", "--kind", "container" }).exitCode != 0);
        QVERIFY(ctl({ "group", "www", "nobody", "--kind", "container", "--none" }).exitCode != 0); // all or none
        QCOMPARE(inGroup(), QStringList({ QStringLiteral("db"), QStringLiteral("www") }));
        QCOMPARE(ctl({ "group", "db", "--kind", "container", "--none" }).exitCode, 0);
        QCOMPARE(inGroup(), QStringList({ QStringLiteral("www") }));
    }

    void leadsAContainerFromCreateToRemove()
    {
        const auto port = freeLoopbackPort();
        QVERIFY(port);
        const std::string published = std::to_string(*port) + ":8080";
        const auto created = ctl({ "create", "--name", "web", "-p", published, "starter", "--json" });
        QVERIFY2(created.exitCode == 0, qPrintable(created.text()));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("stopped"));

        const auto started = ctl({ "start", "web", "--kind", "container", "--json" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("running"));
        QVERIFY(only()[u"startup_ms"].toDouble() > 0);
        const auto phases = ctl({ "inspect", "web", "--kind", "container", "--json" }).json()[0][u"startup_phases"];
        double together = 0;
        for (const auto& phase : phases.toArray())
            together += phase[u"ms"].toDouble();
        QVERIFY(std::abs(together - only()[u"startup_ms"].toDouble()) < 0.001);
        const auto waterfall = ctl({ "inspect", "web", "--kind", "container" }).out;
        QVERIFY2(waterfall.contains("START-UP") && waterfall.contains("namespaces "), waterfall.constData());
        QVERIFY(!test::httpGet(*port, "/").isEmpty());
        const auto place = only()[u"ports"].toArray().at(0).toObject();
        QCOMPARE(place[u"host_address"].toString(), QStringLiteral("localhost"));
        QCOMPARE(place[u"listens_at"].toArray().at(0).toString(), QStringLiteral("127.0.0.1:%1").arg(*port));

        const auto again = ctl({ "start", "web", "--kind", "container" });
        QCOMPARE(again.exitCode, 4);

        const auto stopped = ctl({ "stop", "--force", "web", "--kind", "container" });
        QVERIFY2(stopped.exitCode == 0, qPrintable(stopped.text()));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("stopped"));

        const auto removed = ctl({ "remove", "web", "--kind", "container" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
        QVERIFY(test::CtlWorld::containers().isEmpty());
    }

    void printsWhatTheCommandWrote()
    {
        const auto run
            = ctl({ "run", "--name", "hello", "starter", "/bin/sh", "-c", "echo from inside; exec sleep 60" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QByteArray log;
        QTRY_VERIFY((log = ctl({ "logs", "hello", "--kind", "container" }).out).contains("from inside"));
    }

    void tellsTheLogAsRecords()
    {
        const auto run = ctl({ "run", "--name", "hello", "starter", "/bin/sh", "-c",
            "echo out; echo err >&2; printf begun; exec sleep 60" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QMap<QString, QJsonObject> records;
        QTRY_COMPARE((records = recordsOf(ctl({ "logs", "hello", "--json" }).out)).size(), 3);
        QCOMPARE(records[QStringLiteral("out")][u"stream"].toString(), QStringLiteral("stdout"));
        QCOMPARE(records[QStringLiteral("out")][u"partial"].toBool(true), false);
        QVERIFY(QDateTime::fromString(records[QStringLiteral("out")][u"time"].toString(), Qt::ISODate).isValid());
        QCOMPARE(records[QStringLiteral("err")][u"stream"].toString(), QStringLiteral("stderr"));
        QCOMPARE(records[QStringLiteral("begun")][u"partial"].toBool(), true);
    }

    void staysWithARunAndEndsAsItEnds()
    {
        const auto ran = runAttached("echo out; echo err >&2; exit 7");
        QVERIFY2(ran.exitCode == 7 && ran.out == "out\n" && ran.err == "err\n", qPrintable(ran.text()));
        QVERIFY(test::CtlWorld::containers().isEmpty()); // it went before its reader did
        for (int i = 0; i < 4; ++i) { // over before anybody can look
            const auto brief = runAttached("exec echo brief");
            QVERIFY2(brief.exitCode == 0 && brief.out == "brief\n" && brief.err.isEmpty(), qPrintable(brief.text()));
        }
        const auto much = runAttached("i=0; while [ $i -lt 3000 ]; do echo \"line $i\"; i=$((i + 1)); done", "4k");
        QVERIFY2(much.exitCode == 0 && much.out.endsWith("line 2999\n"), qPrintable(much.text().right(500)));
        QTRY_COMPARE(QDir(QString::fromStdString(m_world.folders().containers()))
                         .entryList(QDir::Dirs | QDir::NoDotAndDotDot)
                         .size(),
            0);
    }

    void tellsARunThatCameToNothingFromItsWork()
    {
        for (const std::vector<std::string>& words :
            { std::vector<std::string>{ "run", "-a", "--name", "job", "--entrypoint", "/no/such", "starter" },
                { "run", "-a", "--name", "job", "--pull", "never", "no-image" },
                { "run", "-a", "stdout", "starter" } }) {
            const auto failed = ctl(words);
            QVERIFY2(failed.exitCode == 125 && failed.errorLines().size() == 1, qPrintable(failed.text()));
            QVERIFY(test::CtlWorld::containers().isEmpty());
        }
        QCOMPARE(ctl({ "run", "-a", "-d", "starter" }).exitCode, 2);
        const auto vm = ctl({ "run", "-a", "--vm", "--name", "job", "starter" });
        QVERIFY2(vm.exitCode == 125 && vm.err.contains("logs -f job"), qPrintable(vm.text()));
        QCOMPARE(ctl({ "run", "-d", "--name", "job", "starter" }).exitCode, 0);
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("running"));
    }

    void pausesAndResumesOrSaysWhyNot()
    {
        QCOMPARE(ctl({ "run", "--name", "still", "starter" }).exitCode, 0);
        const auto paused = ctl({ "pause", "still", "--kind", "container" });
        if (!canMakeCgroups()) {
            QCOMPARE(paused.exitCode, 4);
            QCOMPARE(paused.errorLines().size(), 1);
            return;
        }
        QVERIFY2(paused.exitCode == 0, qPrintable(paused.text()));
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
        QVERIFY(figures[u"resident_bytes"].toDouble() > 0);
        QVERIFY(figures[u"cgroup_charge_bytes"].isDouble()
            != figures[u"missing"].toObject().contains(u"cgroup_charge_bytes"));
        QVERIFY(figures[u"vcpu_cores"].isNull());
        QVERIFY(figures[u"missing"][u"vcpu_cores"].toString().startsWith(QStringLiteral("needs virtual processors")));
        QVERIFY(figures[u"guest_memory_used_bytes"].isDouble()
            != figures[u"missing"].toObject().contains(u"guest_memory_used_bytes"));
        QVERIFY(stats.json()[u"host"][u"host_memory_total_bytes"].toDouble() > 0);
        const auto legend = stats.json()[u"figures"];
        QCOMPARE(legend[u"pss_bytes"][u"unit"].toString(), QStringLiteral("bytes"));
        QCOMPARE(legend[u"pss_bytes"][u"side"].toString(), QStringLiteral("host"));
        QCOMPARE(legend[u"guest_memory_used_bytes"][u"side"].toString(), QStringLiteral("guest"));
        QVERIFY(legend[u"pss_bytes"][u"source"].toString().contains(QStringLiteral("smaps_rollup")));

        const auto table = ctl({ "stats", "busy" });
        QVERIFY2(table.text().contains(QStringLiteral("PSS")), qPrintable(table.text()));
        QVERIFY2(!table.text().contains(QStringLiteral("GUEST")), qPrintable(table.text()));
    }

    void saysThatAStoppedOneHasNoFigures()
    {
        QCOMPARE(ctl({ "create", "--name", "still", "starter" }).exitCode, 0);
        QElapsedTimer waited;
        waited.start();
        for (const std::vector<std::string>& words : { std::vector<std::string>{ "stats", "still" },
                 { "export", "--seconds", "60", "still" }, { "stats", "still", "--json" } }) {
            const auto told = ctl(words);
            QCOMPARE(told.exitCode, 4); // as exec and top
            const QByteArray said = told.err + told.out;
            QVERIFY2(said.contains("still: it is") && said.contains("twinhullctl start still"), said.constData());
            QVERIFY2(!told.out.contains("NAME") && !told.out.contains("time,"), told.out.constData());
        }
        QCOMPARE(ctl({ "export", "--seconds", "60" }).exitCode, 3); // nothing runs at all
        QVERIFY2(waited.elapsed() < 40'000, "it waited for figures that cannot come");
        const auto all = ctl({ "stats" });
        QCOMPARE(all.exitCode, 0);
        QVERIFY2(all.err.contains("No workload runs"), all.err.constData());
        QVERIFY(ctl({ "stats", "--json" }).json()[u"host"][u"host_memory_total_bytes"].toDouble() > 0);
    }

    void showsTheColumnsThatAreAskedFor()
    {
        QCOMPARE(ctl({ "run", "--name", "busy", "starter" }).exitCode, 0);
        const auto some = ctl({ "stats", "--columns", "resident,cpu_cores", "busy" });
        QCOMPARE(some.out.split('\n').front().simplified(), QByteArray("NAME KIND RESIDENT CPU"));
        const auto all = ctl({ "stats", "--columns", "all", "busy" });
        QVERIFY2(all.text().contains(QStringLiteral("] needs virtual processors")), qPrintable(all.text()));
        const auto wrong = ctl({ "stats", "--columns", "speed", "busy" });
        QCOMPARE(wrong.exitCode, 2);
        QVERIFY2(
            wrong.text().contains(QStringLiteral("cpu, vcpu, io_threads, vhost, emulator")), qPrintable(wrong.text()));
        QCOMPARE(ctl({ "stats", "--columns", "cpu", "--json" }).exitCode, 2);
    }

    void exportsReadings()
    {
        QCOMPARE(ctl({ "run", "--name", "busy", "starter" }).exitCode, 0);
        const auto exported = ctl({ "export", "busy", "--seconds", "2" });
        QVERIFY2(exported.exitCode == 0, qPrintable(exported.text()));
        const auto lines = exported.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[0].startsWith("time,id,kind,name,cpu_cores,vcpu_cores,io_thread_cores"));
        QCOMPARE(lines[1].count(','), lines[0].count(','));
        const QString file = m_world.path(QStringLiteral("busy.csv")); // what its columns are stands beside it
        const auto written = ctl({ "export", "busy", "--seconds", "1", "-o", file.toStdString() });
        QVERIFY2(written.exitCode == 0, qPrintable(written.text()));
        QFile described(file + QStringLiteral("-metadata.json"));
        QVERIFY(described.open(QIODevice::ReadOnly));
        const auto columns = QJsonDocument::fromJson(described.readAll())[u"tableSchema"][u"columns"];
        QCOMPARE(columns.toArray().size(), lines[0].count(',') + 1);
        const auto explained = ctl({ "stats", "busy", "--columns", "pss", "--explain" });
        QVERIFY2(explained.exitCode == 0 && explained.text().contains(QStringLiteral("Source: Pss in /proc")),
            qPrintable(explained.text()));
        QVERIFY(ctl({ "export", "--explain" }).text().contains(QStringLiteral("Unit: bytes per second")));
    }

private:
    /// One object a line, by its text.
    static QMap<QString, QJsonObject> recordsOf(const QByteArray& lines)
    {
        QMap<QString, QJsonObject> records;
        for (const auto& line : lines.split('\n')) {
            if (const auto record = QJsonDocument::fromJson(line).object(); !record.isEmpty())
                records[record[u"text"].toString()] = record;
        }
        return records;
    }

    /// Freezing needs no controller, so a v2 tree that is ours to write in is enough, on a hybrid host too.
    static bool canMakeCgroups()
    {
        for (const char* tree : { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }) {
            struct statfs system { };
            if (::statfs(tree, &system) == 0 && system.f_type == CGROUP2_SUPER_MAGIC)
                return ::geteuid() == 0 && ::access(tree, W_OK) == 0;
        }
        return false;
    }

    static test::CtlOutput runAttached(const std::string& script, const std::string& logSize = "1m")
    {
        return ctl({ "run", "-a", "--rm", "--no-network", "--log-opt", "max-size=" + logSize, "--name", "job",
            "starter", "/bin/sh", "-c", script });
    }

    static QJsonObject only() { return test::CtlWorld::only(); }

    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlContainerTest)
#include "ctl_container_test.moc"
