// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/ipc/container_folder.h"
#include "tests/support/ctl_world.h"

#include <QFile>
#include <QTcpServer>
#include <QTest>

#include <csignal>

using namespace twinhull;
using test::ctl;

/// What comes back after a logout or a restart of the computer. Here the computer is one world of a test: what looks
/// after its containers is killed with them, and the runtime folder goes.
class CtlAutostartTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem())); }

    void cleanup()
    {
        ctl({ "autostart", "disable" });
        test::CtlWorld::removeContainers();
    }

    void bringsBackWhatThePoliciesSay()
    {
        runs("always", "always");
        runs("stopped", "always");
        runs("unless", "unless-stopped");
        runs("left", "unless-stopped");
        runs("failing", "on-failure");
        runs("once", "no");
        QCOMPARE(ctl({ "stop", "--force", "stopped", "left", "--kind", "container" }).exitCode, 0);
        endSession();
        const auto run = ctl({ "autostart", "run", "--json" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QCOMPARE(joined(run.json()[u"started"].toArray()), QByteArray("always,stopped,unless"));
        QCOMPARE(run.json()[u"failed"].toArray(), QJsonArray());
        QCOMPARE(running(), QByteArray("always,stopped,unless"));
        const auto again = ctl({ "autostart", "run", "--json" }); // they run already
        QVERIFY2(again.exitCode == 0, qPrintable(again.text()));
        QCOMPARE(again.json()[u"started"].toArray(), QJsonArray());
        QCOMPARE(running(), QByteArray("always,stopped,unless"));
    }

    void tellsWhatTheEndOfTheSessionCutOff()
    {
        runs("web", "always");
        endSession();
        const auto listed = ctl({ "list", "--kind", "container", "--json" }).json()[0];
        QCOMPARE(listed[u"state"].toString(), QStringLiteral("stopped"));
        QVERIFY2(listed[u"state_reason"].toString().contains(u"session ended"),
            qPrintable(listed[u"state_reason"].toString()));
        QVERIFY(running().isEmpty()); // to look is not to start
        QCOMPARE(ctl({ "autostart", "run" }).exitCode, 0);
        QCOMPARE(running(), QByteArray("web"));
    }

    void oneThatFailsHoldsUpNoOther()
    {
        QTcpServer other; // has its port when it is to come back
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const std::string port = "127.0.0.1:" + std::to_string(other.serverPort()) + ":80";
        const auto made = ctl({ "create", "--name", "broken", "-p", port, "--restart", "always", "starter" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        runs("after", "always");
        endSession();
        const auto run = ctl({ "autostart", "run", "--json" });
        QVERIFY(run.exitCode != 0);
        QCOMPARE(joined(run.json()[u"started"].toArray()), QByteArray("after"));
        QCOMPARE(run.json()[u"failed"][0][u"name"].toString(), QStringLiteral("broken"));
        QVERIFY2(run.err.contains("broken: not started: "), run.err.constData());
        const auto inspected = ctl({ "inspect", "broken", "--kind", "container", "--json" }).json()[0];
        QVERIFY(inspected[u"latest_exit"][u"reason"].toString().startsWith(u"It could not be started again at login"));
    }

    void isInstalledAndRemoved()
    {
        runs("web", "unless-stopped");
        const auto off = ctl({ "autostart", "status", "--json" });
        QVERIFY2(off.exitCode == 0, qPrintable(off.text()));
        QVERIFY(!off.json()[u"enabled"].toBool(true));
        QVERIFY(off.json()[u"containers"][0][u"comes_back"].toBool());
        const auto on = ctl({ "autostart", "enable", "--json" });
        QVERIFY2(on.exitCode == 0, qPrintable(on.text()));
        QVERIFY(on.json()[u"enabled"].toBool() && on.json()[u"current"].toBool());
        QFile unit(on.json()[u"unit"].toString());
        QVERIFY(unit.open(QIODevice::ReadOnly));
        QVERIFY(unit.fileName().startsWith(m_world.path()));
        QVERIFY(unit.readAll().contains("/twinhullctl\" autostart run\n"));
        QVERIFY(ctl({ "autostart", "status" }).out.contains("web "));
        const auto gone = ctl({ "autostart", "disable", "--json" });
        QVERIFY2(gone.exitCode == 0, qPrintable(gone.text()));
        QVERIFY(!gone.json()[u"enabled"].toBool(true));
        QVERIFY(!unit.exists());
        QCOMPARE(running(), QByteArray("web"));
    }

private:
    static void runs(const std::string& name, const std::string& policy)
    {
        const auto run = ctl({ "run", "--name", name, "--no-network", "--restart", policy, "starter", "/bin/sh", "-c",
            "exec sleep 1000" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    }
    static QByteArray joined(const QJsonArray& names)
    {
        QStringList all;
        for (const auto& name : names)
            all.append(name.toString());
        all.sort(); // they are started at once, so any may be up first
        return all.join(u',').toUtf8();
    }
    static QByteArray running()
    {
        QStringList names;
        for (const auto& value : test::CtlWorld::containers()) {
            if (value[u"state"].toString() == u"running")
                names.append(value[u"name"].toString());
        }
        names.sort();
        return names.join(u',').toUtf8();
    }
    static void kill(pid_t pid)
    {
        QVERIFY(pid > 1);
        QCOMPARE(::kill(pid, SIGKILL), 0);
        const QString program = QStringLiteral("/proc/%1/exe").arg(pid);
        QTRY_VERIFY(QFile::symLinkTarget(program).isEmpty()); // gone, or dead and not reaped
    }
    void endSession() const
    {
        std::vector<pid_t> first;
        for (const auto& id : containerIds(m_world.folders())) {
            const auto text = readFile(ContainerFolder(m_world.folders(), id).runRecordPath());
            const auto status = text ? decodeMonitorReply(*text) : Result<MonitorStatus>(text.error());
            if (!status)
                continue;
            kill(status->monitorPid);
            first.push_back(status->containerPid);
        }
        for (const pid_t pid : first)
            kill(pid);
        QVERIFY(removeTree(m_world.folders().runtime));
    }

    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlAutostartTest)
#include "ctl_autostart_test.moc"
