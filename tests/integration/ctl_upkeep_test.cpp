// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl_world.h"

#include <QDir>
#include <QProcess>
#include <QTest>

using namespace twinhull;
using test::ctl;

/// What the command line does with containers that are there: restart, kill, rename, update, logs, top, inspect.
class CtlUpkeepTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem())); }

    void cleanup() { test::CtlWorld::removeContainers(); }

    void restartsManyAtOnce()
    {
        runs("one", "exec sleep 1000");
        runs("two", "exec sleep 1000");
        const auto before = pids();
        const auto restarted = ctl({ "restart", "one", "two", "--kind", "container", "--json" });
        QVERIFY2(restarted.exitCode == 0, qPrintable(restarted.text()));
        QCOMPARE(restarted.json().array().size(), 2);
        const auto after = pids();
        QVERIFY(after.size() == 2 && after != before);
        QCOMPARE(eventsOf("one").mid(2),
            (QStringList{ QStringLiteral("start"), QStringLiteral("died"), QStringLiteral("stop"),
                QStringLiteral("init"), QStringLiteral("start"), QStringLiteral("restart") }));
    }

    void sendsASignal()
    {
        runs("caught", "trap 'echo hup; exit 5' HUP; echo set; while :; do sleep 0.1; done");
        QTRY_COMPARE(ctl({ "logs", "caught" }).out, QByteArray("set\n")); // before it the signal would be ignored
        const auto killed = ctl({ "kill", "-s", "HUP", "caught", "--kind", "container" });
        QVERIFY2(killed.exitCode == 0, qPrintable(killed.text()));
        QTRY_COMPARE(only()[u"exit_status"].toInt(), 5);
        QCOMPARE(ctl({ "kill", "-s", "NOSUCH", "caught", "--kind", "container" }).exitCode, 2);
        QCOMPARE(ctl({ "kill", "caught", "--kind", "container" }).exitCode, 4); // it does not run
    }

    void renames()
    {
        runs("old", "exec sleep 1000");
        QCOMPARE(ctl({ "create", "--name", "taken", "starter" }).exitCode, 0);
        QCOMPARE(ctl({ "rename", "old", "taken" }).exitCode, 4);
        QCOMPARE(ctl({ "rename", "old", "-x" }).exitCode, 2);
        const auto renamed = ctl({ "rename", "old", "new", "--json" });
        QVERIFY2(renamed.exitCode == 0, qPrintable(renamed.text()));
        QCOMPARE(renamed.json()[0][u"name"].toString(), QStringLiteral("new"));
        QCOMPARE(renamed.json()[0][u"state"].toString(), QStringLiteral("running"));
        QCOMPARE(ctl({ "stop", "--force", "new", "--kind", "container" }).exitCode, 0);
        QCOMPARE(ctl({ "start", "old", "--kind", "container" }).exitCode, 3);
        QCOMPARE(ctl({ "start", "new", "--kind", "container" }).exitCode, 0);
    }

    /// What was before is told, and told once.
    void tellsWhatHappens()
    {
        runs("earlier", "exec sleep 1000");
        QProcess events;
        events.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            { QStringLiteral("events"), QStringLiteral("-f"), QStringLiteral("--since"), QStringLiteral("1h"),
                QStringLiteral("--kind"), QStringLiteral("container"), QStringLiteral("--json") });
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += events.readAllStandardError()).contains("Waiting"), 30'000);
        runs("seen", "exec sleep 1000");
        QCOMPARE(ctl({ "stop", "--force", "seen", "--kind", "container" }).exitCode, 0);
        QByteArray told;
        const auto count = [&told](const char* name, const char* event) {
            qsizetype lines = 0;
            for (const QByteArray& line : told.split('\n')) {
                const bool isIt = line.contains(QByteArray("\"name\":\"") + name + '"')
                    && line.contains(QByteArray("\"event\":\"") + event + '"');
                lines += isIt ? 1 : 0;
            }
            return lines;
        };
        QTRY_VERIFY((told += events.readAllStandardOutput(), count("seen", "stop") == 1));
        QCOMPARE(count("seen", "start"), qsizetype{ 1 });
        QCOMPARE(count("earlier", "start"), qsizetype{ 1 });
        events.terminate();
        QTRY_COMPARE(events.state(), QProcess::NotRunning);
        QCOMPARE(events.exitCode(), 0);
        QCOMPARE(ctl({ "events", "--since", "1h" }).exitCode, 0);
        QCOMPARE(ctl({ "events", "--filter", "colour=red" }).exitCode, 2);
    }

    /// No window and no command was there to see it: the monitor and each command wrote it down.
    void tellsWhatHappenedWhileNobodyLooked()
    {
        runs("brief", "sleep 0.3; exit 3");
        QTRY_COMPARE(eventsOf("brief"),
            (QStringList{
                QStringLiteral("create"), QStringLiteral("init"), QStringLiteral("start"), QStringLiteral("died") }));
        const auto died = ctl({ "events", "--filter", "event=died", "--filter", "container=brief", "--json" });
        const auto event = QJsonDocument::fromJson(died.out.trimmed()).object();
        QVERIFY2(event[u"attributes"][u"exitCode"].toString() == u"3", died.out.constData());
        QVERIFY(event[u"attributes"][u"image"].toString().contains(u"starter"));
        QCOMPARE(event[u"type"].toString(), QStringLiteral("container"));
        runs("web", "trap '' USR1; exec sleep 1000");
        QTRY_VERIFY(ctl({ "top", "web" }).out.contains("sleep 1000"));
        QCOMPARE(ctl({ "exec", "web", "/bin/sh", "-c", "exit 7" }).exitCode, 7);
        const auto left = ctl({ "events", "--filter", "event=exec_died", "--filter", "container=web", "--json" });
        const auto told = QJsonDocument::fromJson(left.out.trimmed()).object()[u"attributes"].toObject();
        QVERIFY2(
            told[u"exitCode"].toString() == u"7" && told[u"command"].toString() == u"/bin/sh", left.out.constData());
        QCOMPARE(ctl({ "exec", "web", "no-such-program" }).exitCode, 255);
        QCOMPARE(ctl({ "kill", "-s", "USR1", "web", "--kind", "container" }).exitCode, 0);
        QCOMPARE(ctl({ "rename", "web", "www" }).exitCode, 0);
        QCOMPARE(ctl({ "update", "www", "--restart", "on-failure" }).exitCode, 0);
        QCOMPARE(ctl({ "stop", "--force", "www", "--kind", "container" }).exitCode, 0);
        QCOMPARE(ctl({ "commit", "www", "team/www" }).exitCode, 0);
        QCOMPARE(ctl({ "remove", "www", "--kind", "container" }).exitCode, 0);
        QCOMPARE(eventsOf("web") + eventsOf("www"),
            (QStringList{ QStringLiteral("create"), QStringLiteral("init"), QStringLiteral("start"),
                QStringLiteral("exec"), QStringLiteral("exec_died"), QStringLiteral("exec"),
                QStringLiteral("exec_died"), QStringLiteral("kill"), QStringLiteral("rename"), QStringLiteral("update"),
                QStringLiteral("died"), QStringLiteral("stop"), QStringLiteral("commit"), QStringLiteral("remove") }));
    }

    void tellsOfImagesVolumesAndNetworks()
    {
        QCOMPARE(ctl({ "images", "tag", "starter", "team/told:1" }).exitCode, 0);
        QCOMPARE(ctl({ "images", "remove", "team/told:1" }).exitCode, 0);
        QCOMPARE(ctl({ "volume", "create", "told" }).exitCode, 0);
        QCOMPARE(ctl({ "volume", "remove", "told" }).exitCode, 0);
        QCOMPARE(ctl({ "network", "create", "told" }).exitCode, 0);
        QCOMPARE(ctl({ "network", "remove", "told" }).exitCode, 0);
        const auto words = [](const char* type) {
            QStringList all;
            const std::string filter = std::string("type=") + type;
            for (const auto& line : ctl({ "events", "--filter", filter, "told", "--json" }).out.split('\n')) {
                if (!line.isEmpty())
                    all << QJsonDocument::fromJson(line).object()[u"event"].toString();
            }
            return all;
        };
        QCOMPARE(words("image"), (QStringList{ QStringLiteral("tag"), QStringLiteral("untag") }));
        QCOMPARE(words("volume"), (QStringList{ QStringLiteral("create"), QStringLiteral("remove") }));
        QCOMPARE(words("network"), (QStringList{ QStringLiteral("create"), QStringLiteral("remove") }));
        QCOMPARE(words("container"), QStringList());
    }

    void makesOneAsAnotherButForWhatIsSaid()
    {
        QCOMPARE(ctl({ "create", "--name", "first", "--memory", "64M", "-e", "A=1", "--restart", "always", "starter",
                         "sleep", "100" })
                     .exitCode,
            0);
        const auto made = ctl({ "create", "--from", "first", "-e", "A=2", "--restart", "no", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        const auto inspected = ctl({ "inspect", "first-2" });
        QVERIFY2(inspected.out.contains("A=2"), inspected.out.constData());
        QVERIFY2(inspected.out.contains("67108864"), inspected.out.constData());
        QVERIFY2(!inspected.out.contains("always"), inspected.out.constData());
        QCOMPARE(ctl({ "create", "--from", "nobody" }).exitCode, 3);
        QCOMPARE(ctl({ "create" }).exitCode, 2);
    }

    void duplicates()
    {
        QCOMPARE(
            ctl({ "create", "--name", "first", "--restart", "always", "-e", "A=1", "starter", "sleep", "77" }).exitCode,
            0);
        const auto made = ctl({ "duplicate", "first", "second" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        auto first = inspected("first")[u"settings"].toObject();
        auto second = inspected("second")[u"settings"].toObject();
        QCOMPARE(second[u"name"].toString(), QStringLiteral("second"));
        for (const char* own : { "id", "name", "createdMilliseconds" }) {
            QVERIFY(first[QLatin1String(own)] != second[QLatin1String(own)]);
            first.remove(QLatin1String(own));
            second.remove(QLatin1String(own));
        }
        QCOMPARE(first, second);
        QCOMPARE(ctl({ "duplicate", "first", "second" }).exitCode, 4);
        QCOMPARE(ctl({ "start", "second", "--kind", "container" }).exitCode, 0);
        QCOMPARE(ctl({ "top", "second", "--json" }).json()[0][u"processes"][0][u"command"].toString(),
            QStringLiteral("sleep 77"));
    }

    void tellsWhatChangedAgainstTheImage()
    {
        runs("web", "exec sleep 1000");
        asRoot("web",
            "mkdir -p /data/new; echo x > '/data/new/a file'; rm -rf /srv; echo more >> /etc/passwd; mkdir /fresh");
        QMap<QString, QString> changes;
        for (const auto& each : ctl({ "diff", "web", "--json" }).json().array())
            changes[each[u"path"].toString()] = each[u"change"].toString();
        QCOMPARE(changes[QStringLiteral("/fresh")], QStringLiteral("added"));
        QCOMPARE(changes[QStringLiteral("/data/new/a file")], QStringLiteral("added"));
        QCOMPARE(changes[QStringLiteral("/srv")], QStringLiteral("removed"));
        QCOMPARE(changes[QStringLiteral("/etc")], QStringLiteral("changed"));
        QCOMPARE(changes[QStringLiteral("/etc/passwd")], QStringLiteral("changed"));
        QVERIFY(!changes.contains(QStringLiteral("/etc/hostname"))); // only mounted on
        QVERIFY(ctl({ "diff", "web" }).out.contains("D /srv\n"));
    }

    void bringsBackFromTheBin()
    {
        runs("web", "exec sleep 1000");
        asRoot("web", "echo data > /kept");
        QVERIFY(ctl({ "diff", "web" }).out.contains("A /kept\n"));
        const auto removed = ctl({ "remove", "--to-bin", "web", "--kind", "container" });
        QVERIFY2(removed.exitCode == 0, qPrintable(removed.text()));
        QVERIFY(test::CtlWorld::containers().isEmpty());
        const auto binned = ctl({ "bin", "list", "--json" }).json()[0];
        QCOMPARE(binned[u"name"].toString(), QStringLiteral("web"));
        const auto refused = ctl({ "images", "remove", "starter" });
        const QByteArray step = "bin remove " + binned[u"id"].toString().toUtf8();
        QVERIFY2(refused.exitCode == 4 && refused.err.contains(step), qPrintable(refused.text()));
        QCOMPARE(ctl({ "images", "prune", "--all", "--force" }).exitCode, 0); // but not what it needs to come back
        QCOMPARE(ctl({ "create", "--name", "web", "starter" }).exitCode, 0);
        QCOMPARE(ctl({ "bin", "restore", "web" }).exitCode, 4); // the name is taken
        test::CtlWorld::removeContainers();
        const auto restored = ctl({ "bin", "restore", "web" });
        QVERIFY2(restored.exitCode == 0, qPrintable(restored.text()));
        QVERIFY(ctl({ "diff", "web" }).out.contains("A /kept\n"));
        QCOMPARE(ctl({ "start", "web", "--kind", "container" }).exitCode, 0);
        QCOMPARE(ctl({ "remove", "--to-bin", "web", "--kind", "container" }).exitCode, 0);
        QCOMPARE(ctl({ "bin", "empty" }).exitCode, 0);
        QVERIFY(ctl({ "bin", "list", "--json" }).json().array().isEmpty());
        QCOMPARE(ctl({ "bin", "restore", "web" }).exitCode, 3);
    }

    void keepsTheSettingsThatAreChanged()
    {
        QCOMPARE(ctl({ "create", "--name", "web", "--restart", "on-failure:3", "starter" }).exitCode, 0);
        const auto updated = ctl({ "update", "web", "--restart", "unless-stopped" });
        QVERIFY2(updated.exitCode == 0, qPrintable(updated.text()));
        const auto settings = inspected("web")[u"settings"].toObject();
        QCOMPARE(settings[u"upkeep"][u"restart"].toString(), QStringLiteral("unless-stopped"));
        QCOMPARE(ctl({ "update", "web" }).exitCode, 2);
        QCOMPARE(ctl({ "update", "web", "--restart", "perhaps" }).exitCode, 2);
    }

    /// Of processors and disks as of the rest: at once, or nothing of it and what this computer lacks.
    void changesFineLimitsOrSaysWhatIsMissing()
    {
        runs("web", "exec sleep 1000");
        const auto before = inspected("web")[u"settings"].toObject();
        const auto updated
            = ctl({ "update", "web", "--cpuset-cpus", "0", "--cpu-shares", "512", "--restart", "always" });
        const auto after = inspected("web")[u"settings"].toObject();
        if (updated.exitCode != 0) {
            QVERIFY2(updated.text().contains(QStringLiteral("cpu")), qPrintable(updated.text()));
            QCOMPARE(after, before);
        } else {
            QCOMPARE(after[u"fineLimits"][u"cpuSet"].toString(), QStringLiteral("0"));
            QCOMPARE(after[u"fineLimits"][u"cpuShares"].toInt(), 512);
            QCOMPARE(after[u"upkeep"][u"restart"].toString(), QStringLiteral("always"));
        }
        QCOMPARE(ctl({ "update", "web", "--cpuset-cpus", "none", "--cpu-shares", "none" }).exitCode, 0);
        QVERIFY(inspected("web")[u"settings"][u"fineLimits"].isUndefined());
        const auto noDisk = ctl({ "update", "web", "--device-read-bps", "/dev/null:1M" });
        QVERIFY2(noDisk.exitCode != 0 && noDisk.err.contains("/dev/null"), qPrintable(noDisk.text()));
        QCOMPARE(ctl({ "update", "web", "--memory-swap", "much" }).exitCode, 2);
    }

    void changesLimitsOrSaysWhatIsMissing()
    {
        runs("web", "exec sleep 1000");
        const auto updated = ctl({ "update", "web", "--pids", "77" });
        if (updated.exitCode != 0) { // no pids controller here
            QVERIFY2(updated.text().contains(QStringLiteral("pids")), qPrintable(updated.text()));
            QVERIFY(inspected("web")[u"settings"][u"pids"].isUndefined());
            return;
        }
        QCOMPARE(inspected("web")[u"settings"][u"pids"].toInt(), 77);
        QCOMPARE(only()[u"limits"][u"pids"].toInt(), 77);
        QCOMPARE(ctl({ "update", "web", "--pids", "none" }).exitCode, 0);
        QVERIFY(only()[u"limits"][u"pids"].isNull());
    }

    void listsTheProcessesInside()
    {
        runs("busy", "sleep 4321 & exec sleep 1234");
        QJsonArray processes;
        const auto commands = [&processes] { // each is a shell before it is what it will be
            processes = ctl({ "top", "busy", "--json" }).json()[0][u"processes"].toArray();
            QStringList all;
            for (const auto& each : processes)
                all << each[u"command"].toString();
            return all;
        };
        QTRY_COMPARE(commands(), (QStringList{ QStringLiteral("sleep 1234"), QStringLiteral("sleep 4321") }));
        const auto first = processes[0].toObject();
        QCOMPARE(first[u"inside_pid"].toInt(), 1);
        QVERIFY(first[u"pid"].toInt() > 1);
        QVERIFY(first[u"resident_bytes"].toDouble() > 0);
        QVERIFY(ctl({ "top", "busy" }).out.contains("sleep 4321"));
        const auto inside = std::to_string(processes[1][u"inside_pid"].toInt());
        QCOMPARE(ctl({ "kill", "--pid", inside, "busy", "--kind", "container" }).exitCode, 0);
        QTRY_VERIFY(
            !ctl({ "top", "busy" }).out.contains("sleep 4321") || ctl({ "top", "busy" }).out.contains("[sleep]"));
        QCOMPARE(ctl({ "kill", "--pid", "99999", "busy", "--kind", "container" }).exitCode, 3);
        QCOMPARE(ctl({ "stop", "--force", "busy", "--kind", "container" }).exitCode, 0);
        QCOMPARE(ctl({ "top", "busy" }).exitCode, 4);
    }

    void tellsTheStreamsOfALogApart()
    {
        runs("said", "echo out; echo err >&2; exec sleep 1000");
        QTRY_COMPARE(ctl({ "logs", "said", "--kind", "container" }).out, QByteArray("out\n"));
        QTRY_COMPARE(ctl({ "logs", "said", "--kind", "container" }).err, QByteArray("err\n"));
        QCOMPARE(ctl({ "logs", "said", "--kind", "container", "--stream", "stderr" }).out, QByteArray());
        const auto timed = ctl({ "logs", "-t", "said", "--kind", "container" }).out;
        QVERIFY2(timed.endsWith("Z out\n") && timed.startsWith("20"), timed.constData());
        const auto both = ctl({ "logs", "said", "said", "--kind", "container" }).out;
        QCOMPARE(both, QByteArray("said | out\nsaid | out\n"));
    }

    void showsTheEndOfALogOfManyFiles()
    {
        const auto made = ctl({ "run", "--name", "long", "--log-opt", "max-size=64k", "--log-opt", "max-file=3",
            "starter", "/bin/sh", "-c", "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QTRY_COMPARE(only()[u"state"].toString(), QStringLiteral("stopped"));
        const auto last = ctl({ "logs", "--tail", "2", "long", "--kind", "container" });
        QCOMPARE(last.out, QByteArray("line 4998\nline 4999\n"));
        const auto many = ctl({ "logs", "--tail", "2500", "long", "--kind", "container" }).out;
        QCOMPARE(many.count('\n'), 2500); // more than one file holds
        QVERIFY2(many.startsWith("line 2500\n"), many.left(40).constData());
        const auto none = ctl({ "logs", "--until", "2020-01-01", "long", "--kind", "container" });
        QCOMPARE(none.out, QByteArray());
        QCOMPARE(ctl({ "logs", "--since", "1h", "--tail", "1", "long", "--kind", "container" }).out,
            QByteArray("line 4999\n"));
        QCOMPARE(ctl({ "logs", "--since", "yesterday", "long", "--kind", "container" }).exitCode, 2);
    }

    void followsManyLogsToTheirEnd()
    {
        runs("one", "sleep 0.3; echo from one");
        runs("two", "sleep 0.4; echo from two");
        const auto followed = ctl({ "logs", "-f", "one", "two", "--kind", "container" });
        QVERIFY2(followed.exitCode == 0, qPrintable(followed.text()));
        QVERIFY(followed.out.contains("one | from one\n") && followed.out.contains("two | from two\n"));
    }

    /// The second check, which would come in an hour, comes soon.
    void asksMoreOftenWhileItStarts()
    {
        runs("web", "exec sleep 1000",
            { "--health-cmd", "test -e /dev/shm/asked || { : > /dev/shm/asked; false; }", "--health-interval", "1h",
                "--health-start-period", "1h", "--health-start-interval", "200ms" });
        QTRY_COMPARE(only()[u"health"].toString(), QStringLiteral("healthy"));
    }

    void inspectsAsJsonAndForPeople()
    {
        runs("web", "exec sleep 1000", { "--health-cmd", "true", "--health-interval", "200ms" });
        QTRY_COMPARE(only()[u"health"].toString(), QStringLiteral("healthy"));
        QVERIFY(eventsOf("web").contains(QStringLiteral("health_status")));
        const auto json = inspected("web");
        QCOMPARE(json[u"health_checks"][u"latest"][0][u"exitStatus"].toInt(-1), 0);
        QVERIFY(json[u"pids"][0].toInt() > 1);
        QVERIFY(json[u"config"].isUndefined());
        QVERIFY(ctl({ "inspect", "web", "--kind", "container" }).out.contains("settings.upkeep.restart"));
        QVERIFY(ctl({ "list", "--kind", "container" }).out.contains("running (healthy)"));
        QCOMPARE(ctl({ "inspect", "nothing", "--kind", "container" }).exitCode, 3);
    }

    void removesAtItsEndWhatIsToBe()
    {
        runs("brief", "sleep 0.3; exit 4", { "--rm" });
        QTRY_VERIFY(test::CtlWorld::containers().isEmpty());
        runs("stopped", "exec sleep 1000", { "--rm" });
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("running"));
        QCOMPARE(ctl({ "update", "--restart", "always", "stopped" }).exitCode, 2);
        QCOMPARE(ctl({ "stop", "--force", "stopped", "--kind", "container" }).exitCode, 0);
        QTRY_VERIFY(test::CtlWorld::containers().isEmpty());
        QTRY_COMPARE(QDir(QString::fromStdString(m_world.folders().containers()))
                         .entryList(QDir::Dirs | QDir::NoDotAndDotDot)
                         .size(),
            0);
        QCOMPARE(ctl({ "create", "--rm", "--restart", "always", "starter" }).exitCode, 2);
    }

    void saysThatItWaitsToStartAgain()
    {
        const auto made
            = ctl({ "run", "--name", "broken", "--restart", "always", "starter", "/bin/sh", "-c", "exit 1" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QTRY_VERIFY_WITH_TIMEOUT(only()[u"restarts"].toInt() >= 5, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "list", "--kind", "container" }).out.contains("restarting in "), 20'000);
        const auto stopped = ctl({ "stop", "broken", "--kind", "container" });
        QVERIFY2(stopped.exitCode == 0, qPrintable(stopped.text()));
        QCOMPARE(only()[u"state"].toString(), QStringLiteral("stopped"));
        QCOMPARE(inspected("broken")[u"latest_exit"][u"wasAsked"].toBool(), true);
    }

private:
    static void runs(const std::string& name, const std::string& script, const std::vector<std::string>& options = {})
    {
        std::vector<std::string> words{ "run", "--name", name, "--no-network" };
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { "starter", "/bin/sh", "-c", script });
        const auto run = ctl(words);
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    }
    static void asRoot(const std::string& name, const std::string& script)
    {
        const auto done = ctl({ "exec", "-u", "root", name, "/bin/sh", "-c", script });
        QVERIFY2(done.exitCode == 0, qPrintable(done.text()));
    }
    static QJsonObject only() { return test::CtlWorld::only(); }
    /// Of the containers that bear that name in the test that runs: the last one's, from its creation on.
    static QStringList eventsOf(const std::string& name)
    {
        QStringList all;
        for (const auto& line : ctl({ "events", "--filter", "container=" + name, "--json" }).out.split('\n')) {
            const auto event = QJsonDocument::fromJson(line).object();
            if (event[u"event"].toString() == u"create")
                all.clear();
            if (!event.isEmpty())
                all << event[u"event"].toString();
        }
        return all;
    }
    static QJsonObject inspected(const std::string& name)
    {
        return ctl({ "inspect", name, "--kind", "container", "--json" }).json()[0].toObject();
    }
    static QList<int> pids()
    {
        QList<int> all;
        for (const auto& value : ctl({ "inspect", "one", "two", "--kind", "container", "--json" }).json().array())
            all.append(value[u"pids"][0].toInt());
        return all;
    }

    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlUpkeepTest)
#include "ctl_upkeep_test.moc"
