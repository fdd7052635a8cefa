// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace twinhull;
using namespace twinhull::test;

/// hull is killed (SIGKILL) at every stage of a start: nothing runs on that nobody knows of, and what is left can be
/// removed with `hull delete`.
class HullKilledTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    // a hook is where hull can be stopped for certain: its parent is hull, or the container's first process
    void leavesWhatCanBeDeleted_data()
    {
        QTest::addColumn<QString>("moment");
        QTest::addColumn<QString>("verb");
        for (const char* verb : { "create", "run" }) {
            for (const char* moment : { "prestart", "createRuntime", "createContainer", "startContainer" }) {
                if (qstrcmp(verb, "create") != 0 || qstrcmp(moment, "startContainer") != 0) // that is of start
                    QTest::newRow(
                        qPrintable(QString::fromLatin1(verb) + QLatin1Char(' ') + QString::fromLatin1(moment)))
                        << QString::fromLatin1(moment) << QString::fromLatin1(verb);
            }
        }
    }
    void leavesWhatCanBeDeleted()
    {
        QFETCH(QString, moment);
        QFETCH(QString, verb);
        const std::string pidFile = m_bundle->path("/hull.pid");
        const bool isInside = moment == QStringLiteral("startContainer");
        // the wrapper tells its pid and becomes hull; a hook on the host reads it, one inside finds it bound
        m_bundle->prefix = { "/bin/sh", "-c", "echo $$ > " + pidFile + "; exec \"$@\"", "sh" };
        const std::string seen = isInside ? "/hull.pid" : pidFile;
        if (isInside) { // with the host's pids, so that it can reach hull
            auto& namespaces = m_bundle->spec.linux_.namespaces;
            namespaces.erase(std::remove_if(namespaces.begin(), namespaces.end(),
                                 [](const auto& entry) { return entry.kind == oci::NamespaceKind::Pid; }),
                namespaces.end());
            QVERIFY(writeFileAtomically(pidFile, "", 0644));
            m_bundle->spec.mounts.push_back({ seen, "bind", pidFile, { "bind" } });
            m_bundle->spec.process->capabilities->bounding.push_back("CAP_KILL");
        }
        // createContainer runs beside hull, which may have no record of the container yet
        const std::string recorded = moment == QStringLiteral("createContainer")
            ? "until [ -s " + m_bundle->root() + "/web/state.json ]; do sleep 0.01; done; "
            : "";
        const oci::Hook killer{ "/bin/sh", { "sh", "-c", recorded + "kill -KILL $(cat " + seen + "); sleep 0.2" },
            { "PATH=/usr/bin:/bin" }, 20 };
        auto& hooks = m_bundle->spec.hooks;
        (moment == QStringLiteral("prestart")               ? hooks.prestart
                : moment == QStringLiteral("createRuntime") ? hooks.createRuntime
                : isInside                                  ? hooks.startContainer
                                                            : hooks.createContainer)
            = { killer };
        if (moment == QStringLiteral("createContainer")) { // sees the host's files and its own pids
            auto& namespaces = m_bundle->spec.linux_.namespaces;
            namespaces.erase(std::remove_if(namespaces.begin(), namespaces.end(),
                                 [](const auto& entry) { return entry.kind == oci::NamespaceKind::Pid; }),
                namespaces.end());
        }
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        const auto killed = m_bundle->hullIntoFile({ verb.toStdString(), "--bundle", m_bundle->path(), "web" });
        m_bundle->prefix.clear();
        QVERIFY2(killed.exitStatus == 128 + SIGKILL, said(killed));
        // once it has been let go it belongs to itself
        QTRY_COMPARE(m_bundle->statusOf("web"), isInside ? QStringLiteral("running") : QStringLiteral("stopped"));
        const auto deleted = m_bundle->hull(isInside ? std::vector<std::string>{ "delete", "--force", "web" }
                                                     : std::vector<std::string>{ "delete", "web" });
        QVERIFY2(deleted.exitStatus == 0, said(deleted));
        hooks = {};
        m_bundle->spec = oci::defaultRuntimeSpec();
        m_bundle->setScript("exit 7");
        m_bundle->write();
        QCOMPARE(m_bundle->hull({ "run", "--bundle", m_bundle->path(), "web" }).exitStatus, 7); // the id is free
    }

    void goesOnWithoutTheHullThatRanIt()
    {
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        m_bundle->prefix = { "/bin/sh", "-c", "echo $$ > " + m_bundle->path("/hull.pid") + "; exec \"$@\"", "sh" };
        m_bundle->spec.hooks.poststart
            = { { "/bin/sh", { "sh", "-c", "kill -KILL $PPID; sleep 0.2" }, { "PATH=/usr/bin:/bin" }, 20 } };
        m_bundle->write();
        const auto killed = m_bundle->hullIntoFile({ "run", "--bundle", m_bundle->path(), "web" });
        m_bundle->prefix.clear();
        QVERIFY2(killed.exitStatus == 128 + SIGKILL, said(killed));
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 1);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void clearsAFolderThatNobodyFinished()
    {
        QVERIFY(makeFolders(m_bundle->root() + "/web", 0700));
        QVERIFY(writeFileAtomically(m_bundle->root() + "/web/state.json.partial", "{\"id\":", 0600));
        const auto shown = m_bundle->hull({ "state", "web" });
        QCOMPARE(shown.exitStatus, 1);
        m_bundle->setScript("exit 7");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        QCOMPARE(m_bundle->hull({ "run", "--bundle", m_bundle->path(), "web" }).exitStatus, 7);
    }

    void removesAStateThatCannotBeReadOnlyByForce_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut") << QByteArray(R"({"version":1,"id":"web","pid":)");
        QTest::newRow("no JSON") << QByteArray("\x7f"
                                               "ELF",
            4);
        QTest::newRow("another format") << QByteArray("[]");
        QTest::newRow("another version") << QByteArray(R"({"version":99})");
        QTest::newRow("deep") << QByteArray(100'000, '[');
    }
    void removesAStateThatCannotBeReadOnlyByForce()
    {
        QFETCH(QByteArray, text);
        QVERIFY(makeFolders(m_bundle->root() + "/web", 0700));
        QVERIFY(writeFileAtomically(m_bundle->root() + "/web/state.json", text.toStdString(), 0600));
        for (const char* verb : { "state", "start", "kill", "delete" }) {
            const auto refused = m_bundle->hull({ verb, "web" });
            QVERIFY2(refused.exitStatus == 1 && refused.standardError.find("state.json") != std::string::npos,
                said(refused));
        }
        const auto listed = m_bundle->hull({ "list" });
        QVERIFY2(listed.exitStatus <= 1, said(listed));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QVERIFY(!exists(m_bundle->root() + "/web"));
    }
};

QTEST_GUILESS_MAIN(HullKilledTest)
#include "hull_killed_test.moc"
