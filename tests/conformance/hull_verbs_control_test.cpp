// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_record.h"
#include "tests/support/hull_test.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace twinhull;
using namespace twinhull::test;

namespace {

QByteArray out(const CommandOutput& output)
{
    return QByteArray::fromStdString(output.standardOutput);
}

} // namespace

/// What stands before the verb, and the verbs that act on containers that run: as crun and runc have them.
class HullVerbsControlTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void writesErrorsToTheLogAsJson()
    {
        const std::string log = m_bundle->path("/log");
        const auto shown = m_bundle->hull({ "--log", log, "--log-format=json", "state", "nobody" });
        QCOMPARE(shown.exitStatus, 1);
        // engines read the whole file as one object
        const auto line = QJsonDocument::fromJson(QByteArray::fromStdString(*readFile(log))).object();
        QCOMPARE(line[QStringLiteral("level")].toString(), QStringLiteral("error"));
        QVERIFY(line[QStringLiteral("msg")].toString().contains(QStringLiteral("nobody does not exist")));
        QVERIFY(QDateTime::fromString(line[QStringLiteral("time")].toString(), Qt::ISODateWithMs).isValid());
    }

    void writesErrorsToTheLogAsTextAndMoreWithDebug()
    {
        const std::string log = m_bundle->path("/log");
        (void)m_bundle->hull({ "--log=" + log, "state", "nobody" });
        QVERIFY(QByteArray::fromStdString(*readFile(log)).startsWith("hull: the container nobody"));
        (void)m_bundle->hull({ "--log=" + log, "--debug", "list" });
        QVERIFY(QByteArray::fromStdString(*readFile(log)).contains("debug: version"));
    }

    void refusesGlobalOptionsThatItDoesNotKnow_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* option, const char* message) {
            QTest::newRow(option) << QString::fromLatin1(option) << QString::fromLatin1(message);
        };
        row("--log-format=xml", "unknown --log-format xml");
        row("--rootless=maybe", "unknown --rootless maybe");
        row("--log=journald:x", "hull writes to files only");
        row("--debug=perhaps", "--debug is true or false");
    }
    void refusesGlobalOptionsThatItDoesNotKnow()
    {
        QFETCH(QString, option);
        QFETCH(QString, message);
        const auto list = m_bundle->hull({ option.toStdString(), "list" });
        QCOMPARE(list.exitStatus, 1);
        QVERIFY2(QString::fromStdString(list.standardError).contains(message), said(list));
    }

    void saysWhatItIsAsEnginesAskForIt()
    {
        const auto version = m_bundle->hull({ "--version" });
        QCOMPARE(version.exitStatus, 0);
        QVERIFY2(out(version).startsWith("hull version ") && out(version).contains("\nspec: 1."), said(version));
        const auto help = m_bundle->hull({ "exec", "--help" });
        QCOMPARE(help.exitStatus, 0);
        QVERIFY(out(help).contains("usage: hull"));
    }

    void standsStillWhilePaused()
    {
        startSleeper("web", "");
        if (cgroupOf("web").empty())
            QSKIP("this computer has no cgroup v2 tree");
        QCOMPARE(m_bundle->hull({ "pause", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("paused"));
        QVERIFY(readFile(cgroupOf("web") + "/cgroup.events")->find("frozen 1") != std::string::npos);
        const auto again = m_bundle->hull({ "pause", "web" });
        QVERIFY2(again.exitStatus == 1 && again.standardError.find("it is paused") != std::string::npos, said(again));
        const auto exec = m_bundle->hull({ "exec", "web", "/bin/true" });
        QVERIFY2(exec.exitStatus == 255 && exec.standardError.find("hull resume web") != std::string::npos, said(exec));
        QCOMPARE(m_bundle->hull({ "resume", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        const auto resumed = m_bundle->hull({ "resume", "web" });
        QVERIFY2(
            resumed.exitStatus == 1 && resumed.standardError.find("it is running") != std::string::npos, said(resumed));
    }

    void deletesAPausedContainerByForceOnly()
    {
        startSleeper("web", "");
        if (cgroupOf("web").empty())
            QSKIP("this computer has no cgroup v2 tree");
        QCOMPARE(m_bundle->hull({ "pause", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 1);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QVERIFY(m_bundle->isClean());
    }

    void saysWhyItCannotPauseWithoutACgroup()
    {
        m_bundle->setScript("exec sleep 100");
        m_bundle->write();
        m_bundle->ids.emplace_back("web");
        const auto run
            = m_bundle->hullIntoFile({ "--cgroup-manager=disabled", "run", "-d", "-b", m_bundle->path(), "web" });
        QVERIFY2(run.exitStatus == 0, said(run));
        const auto pause = m_bundle->hull({ "pause", "web" });
        QCOMPARE(pause.exitStatus, 1);
        QVERIFY2(pause.standardError.find("it has no cgroup of its own") != std::string::npos, said(pause));
        const auto ps = m_bundle->hull({ "ps", "--format", "json", "web" }); // by its pid namespace
        QCOMPARE(QJsonDocument::fromJson(out(ps)).array(), QJsonArray{ m_bundle->pidOf("web") });
    }

    void listsTheProcesses()
    {
        startSleeper("web", "sleep 100 &");
        const auto json = m_bundle->hull({ "ps", "-f", "json", "web" });
        const auto pids = QJsonDocument::fromJson(out(json)).array();
        QVERIFY2(pids.size() >= 2 && pids.contains(m_bundle->pidOf("web")), said(json));
        const auto table = out(m_bundle->hull({ "ps", "web" }));
        QVERIFY(table.startsWith("PID\n") && table.contains("\n" + QByteArray::number(pids[1].toInt()) + "\n"));
        QCOMPARE(m_bundle->hull({ "ps", "--format=xml", "web" }).exitStatus, 1);
    }

    void sendsASignalToAllWhenAsked()
    {
        // without pids of its own the rest would stay when the first process ends
        std::erase_if(
            m_bundle->spec.linux_.namespaces, [](const auto& entry) { return entry.kind == oci::NamespaceKind::Pid; });
        startSleeper("web", "sleep 100 &");
        if (cgroupOf("web").empty())
            QSKIP("this computer has no cgroup v2 tree");
        const std::string events = cgroupOf("web") + "/cgroup.events";
        QCOMPARE(m_bundle->hull({ "kill", "--all", "web", "sigkill" }).exitStatus, 0);
        QTRY_VERIFY(readFile(events)->find("populated 0") != std::string::npos);
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("stopped"));
        QCOMPARE(m_bundle->hull({ "kill", "--all", "web", "KILL" }).exitStatus, 0);
        const auto killed = m_bundle->hull({ "kill", "web", "KILL" });
        QVERIFY2(killed.exitStatus == 1 && killed.standardError.find("container not running") != std::string::npos,
            said(killed));
    }

    void sendsAnySignalToAll()
    {
        startSleeper("web",
            "trap 'touch /tmp/got' USR1; (trap 'touch /tmp/child; exit' USR1; touch /tmp/ready; "
            "while :; do sleep 1; done) & while [ ! -e /tmp/ready ]; do :; done;");
        QTRY_VERIFY(exists(m_bundle->path("/rootfs/tmp/ready")));
        const auto killed = m_bundle->hull({ "kill", "-a", "web", "usr1" });
        QVERIFY2(killed.exitStatus == 0, said(killed));
        QTRY_VERIFY(exists(m_bundle->path("/rootfs/tmp/child")));
        QVERIFY(m_bundle->statusOf("web") != QStringLiteral("paused"));
    }

    void deletesByExpression()
    {
        for (const char* id : { "one-a", "one-b", "two-a" })
            startSleeper(id, "");
        const auto wrong = m_bundle->hull({ "delete", "--regex", "one-(" });
        QVERIFY2(wrong.standardError.find("no regular expression") != std::string::npos, said(wrong));
        QCOMPARE(m_bundle->hull({ "kill", "--regex", "one-a", "0" }).exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "delete", "-fr", "^one-" }).exitStatus, 0);
        QCOMPARE(out(m_bundle->hull({ "list", "-q" })), QByteArray("two-a\n"));
    }

    void deletesWhatDoesNotExistByForce()
    {
        QCOMPARE(m_bundle->hull({ "delete", "--force", "nobody" }).exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "delete", "nobody" }).exitStatus, 1);
    }

    void listsAsEnginesReadIt()
    {
        startSleeper("web", "");
        const auto list = QJsonDocument::fromJson(out(m_bundle->hull({ "list", "--format", "json" }))).array();
        QCOMPARE(list.size(), 1);
        const auto web = list[0].toObject();
        QCOMPARE(web[QStringLiteral("owner")].toString(), QStringLiteral("root"));
        QCOMPARE(web[QStringLiteral("rootfs")].toString(), QString::fromStdString(m_bundle->path("/rootfs")));
        QCOMPARE(web[QStringLiteral("status")].toString(), QStringLiteral("running"));
        const auto table = out(m_bundle->hull({ "list" }));
        QVERIFY(table.startsWith("ID ") && table.contains("CREATED") && table.contains("\nweb "));
    }

private:
    std::string cgroupOf(const std::string& id) const
    {
        const std::string file = m_bundle->root() + "/" + id + "/state.json";
        auto record = oci::decodeRecord(*readFile(file), file);
        return record ? record->cgroup : "";
    }

    /// Runs the script's commands, then sleeps.
    void startSleeper(const std::string& id, const std::string& script)
    {
        m_bundle->spec.root.readonly = false;
        m_bundle->setScript(script + " touch /tmp/up-" + id + "; while :; do sleep 100; done");
        const int status = m_bundle->start(id);
        QCOMPARE(status, 0);
        QTRY_VERIFY(exists(m_bundle->path("/rootfs/tmp/up-" + id)));
    }
};

QTEST_GUILESS_MAIN(HullVerbsControlTest)
#include "hull_verbs_control_test.moc"
