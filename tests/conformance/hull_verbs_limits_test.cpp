// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_record.h"
#include "tests/support/hull_test.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace twinhull;
using namespace twinhull::test;

/// update and events, as far as a cgroup without controllers goes.
class HullVerbsLimitsTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_bundle)
            return;
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        const std::string file = m_bundle->root() + "/web/state.json";
        m_cgroup = oci::decodeRecord(*readFile(file), file)->cgroup;
        if (m_cgroup.empty())
            QSKIP("this computer has no cgroup v2 tree");
    }
    void cleanup() { tearDown(); }

    void updatesFromAFile()
    {
        const std::string file = m_bundle->path("/resources.json");
        QVERIFY(writeFileAtomically(file, R"({"unified":{"cgroup.max.descendants":"5"}})", 0644));
        const auto update = m_bundle->hull({ "update", "--resources", file, "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        QCOMPARE(*readFile(m_cgroup + "/cgroup.max.descendants"), std::string("5\n"));
        QVERIFY(writeFileAtomically(file, R"({"memory":{"limit":"much"}})", 0644));
        refuses({ "update", "-r", file, "web" }, QStringLiteral("resources.memory.limit: expected a whole number"));
    }

    void refusesWhatItCannotDo_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("message");
        QTest::newRow("no number") << QStringLiteral("--memory=much") << QStringLiteral("expected a whole number");
        QTest::newRow("half a number") << QStringLiteral("--pids-limit=5x") << QStringLiteral("a whole number");
        QTest::newRow("no file") << QStringLiteral("--resources=/none") << QStringLiteral("/none: No such file");
        QTest::newRow("unknown") << QStringLiteral("--colour=red") << QStringLiteral("unknown option --colour");
        QTest::newRow("caches") << QStringLiteral("--l3-cache-schema=L3:0=f") << QStringLiteral("(resctrl)");
        if (!exists("/sys/fs/cgroup/cgroup.controllers"))
            QTest::newRow("no controller")
                << QStringLiteral("--pids-limit=5") << QStringLiteral("has no controller \"pids\"");
    }
    void refusesWhatItCannotDo()
    {
        QFETCH(QString, option);
        QFETCH(QString, message);
        refuses({ "update", option.toStdString(), "web" }, message);
    }

    void namesWhatOnlyTheOldCgroupsHad()
    {
        const auto update = m_bundle->hull({ "update", "--kernel-memory=5", "--cpu-rt-runtime=5", "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        for (const char* name : { "--kernel-memory is left out", "--cpu-rt-runtime is left out" })
            QVERIFY2(update.standardError.find(name) != std::string::npos, said(update));
        const std::string file = m_bundle->path("/resources.json");
        QVERIFY(writeFileAtomically(file, R"({"memory":{"swappiness":5}})", 0644));
        const auto fromFile = m_bundle->hull({ "update", "-r", file, "web" });
        QVERIFY2(fromFile.exitStatus == 0, said(fromFile));
        QVERIFY2(fromFile.standardError.find("resources.memory.swappiness is not supported") != std::string::npos,
            said(fromFile));
    }

    void runsAProgramInACgroupBelow()
    {
        QVERIFY(makeFolders(m_cgroup + "/below"));
        const auto output = m_bundle->hull({ "exec", "--cgroup", "below", "web", "/bin/cat", "/proc/self/cgroup" });
        QVERIFY2(output.standardOutput.find("/below\n") != std::string::npos, said(output));
        for (const char* wrong : { "none", "../../none" }) {
            refuses({ "exec", "--cgroup", wrong, "web", "/bin/true" }, QStringLiteral("--cgroup"));
        }
    }

    void tellsWhatIsUsed()
    {
        for (const auto& words : { std::vector<std::string>{ "events", "--stats", "web" }, { "stats", "web" } }) {
            const auto output = m_bundle->hull(words);
            const auto event = QJsonDocument::fromJson(QByteArray::fromStdString(output.standardOutput)).object();
            QCOMPARE(event[QStringLiteral("type")].toString(), QStringLiteral("stats"));
            QCOMPARE(event[QStringLiteral("id")].toString(), QStringLiteral("web"));
            const auto data = event[QStringLiteral("data")].toObject();
            const auto cpu = data[QStringLiteral("cpu")][QStringLiteral("usage")].toObject();
            QVERIFY2(cpu[QStringLiteral("total")].toDouble() > 0, said(output));
            QCOMPARE(data.contains(QStringLiteral("pids")), exists(m_cgroup + "/pids.current"));
        }
    }

    void refusesAnIntervalThatIsNone()
    {
        refuses({ "events", "--interval=often", "web" }, QStringLiteral("expected a time"));
    }

private:
    std::string m_cgroup;
};

QTEST_GUILESS_MAIN(HullVerbsLimitsTest)
#include "hull_verbs_limits_test.moc"
