// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"
#include "tests/support/ordinary_bundle.h"

#include <QTest>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// Mounts that come and go while a container runs.
class HullMountsVerbTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_bundle)
            return; // skipped
        QVERIFY(makeFolders(source(), 0755));
        QVERIFY(writeFileAtomically(source() + "/note", "from the host", 0644));
        m_bundle->setScript("exec sleep 100");
    }
    void cleanup() { tearDown(); }

    void bringsAndTakesThem()
    {
        QCOMPARE(m_bundle->start("web"), 0);
        list(R"([{"destination":"/data","source":")" + source() + R"(","options":["bind","ro"]},)"
            + R"({"destination":"/scratch","type":"tmpfs","source":"tmpfs","options":["size=64k"]}])");
        const auto added = mounts("add");
        QVERIFY2(added.exitStatus == 0, said(added));
        QCOMPARE(inside("cat /data/note; touch /data/new 2>&1; touch /scratch/new && echo written").standardOutput,
            std::string("from the hosttouch: /data/new: Read-only file system\nwritten\n"));
        const auto removed = mounts("remove");
        QVERIFY2(removed.exitStatus == 0, said(removed));
        QCOMPARE(inside("cat /data/note 2>/dev/null; grep -c -e ' /data ' -e ' /scratch ' /proc/mounts").standardOutput,
            std::string("0\n"));
        const auto again = mounts("remove");
        QCOMPARE(again.exitStatus, 1);
        QVERIFY2(again.standardError.find("/scratch") != std::string::npos, said(again));
    }

    void bringsAllOrNone()
    {
        QCOMPARE(m_bundle->start("web"), 0);
        list(R"([{"destination":"/scratch","type":"tmpfs","source":"tmpfs"},)"
             R"({"destination":"/wrong","type":"nosuchfs","source":"x"}])");
        const auto added = mounts("add");
        QCOMPARE(added.exitStatus, 1);
        QVERIFY2(added.standardError.find("mount /wrong") != std::string::npos, said(added));
        QCOMPARE(inside("grep -c ' /scratch ' /proc/mounts").standardOutput, std::string("0\n"));
    }

    /// The container has made the destination a link, and its /proc another one.
    void staysInsideOfAHostileContainer()
    {
        const std::string outside = m_world->path().toStdString() + "/outside";
        QVERIFY(makeFolders(outside, 0755));
        QCOMPARE(m_bundle->start("web"), 0);
        QCOMPARE(::symlink(("../../../../../../.." + outside).c_str(), m_bundle->path("/rootfs/data").c_str()), 0);
        list(R"([{"destination":"/data/deep","type":"tmpfs","source":"tmpfs"}])");
        const auto added = mounts("add");
        QVERIFY(!exists(outside + "/deep"));
        QVERIFY2(added.exitStatus == 1 || inside("grep -c " + outside + "/deep /proc/mounts").standardOutput == "1\n",
            said(added));
    }

    void tellsWhatIsWrong_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("message");
        QTest::newRow("no array") << QStringLiteral("{}") << QStringLiteral("mounts: expected an array");
        QTest::newRow("no object") << QStringLiteral("[1]") << QStringLiteral("mounts[0]: expected an object");
        QTest::newRow("no JSON") << QStringLiteral("[") << QStringLiteral("not valid JSON");
        QTest::newRow("no source") << QStringLiteral(R"([{"destination":"/a","source":"/no/such","options":["bind"]}])")
                                   << QStringLiteral("/no/such");
    }
    void tellsWhatIsWrong()
    {
        QFETCH(QString, json);
        QFETCH(QString, message);
        QCOMPARE(m_bundle->start("web"), 0);
        list(json.toStdString());
        const auto added = mounts("add");
        QCOMPARE(added.exitStatus, 1);
        QVERIFY2(QString::fromStdString(added.standardError).contains(message), said(added));
    }

    void leavesWhatDoesNotRun()
    {
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        list("[]");
        const auto added = mounts("add");
        QCOMPARE(added.exitStatus, 1);
        QVERIFY2(added.standardError.find("it is created") != std::string::npos, said(added));
    }

    void bringsFileSystemsToAnOrdinaryUsersContainer()
    {
        const OrdinaryUser user(OrdinaryUser::SubordinateIds::No);
        QVERIFY(user.isMade);
        m_bundle = std::make_unique<HullBundle>(user.home() + "/bundle");
        QVERIFY(giveToUser(*m_bundle, user));
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        list(R"([{"destination":"/scratch","type":"tmpfs","source":"tmpfs"}])");
        const auto added = mounts("add");
        QVERIFY2(added.exitStatus == 0, said(added));
        QCOMPARE(inside("touch /scratch/new && grep -c ' /scratch ' /proc/mounts").standardOutput, std::string("1\n"));
        list(R"([{"destination":"/data","source":"/etc","options":["bind"]}])");
        const auto refused = mounts("add");
        QCOMPARE(refused.exitStatus, 1);
        QVERIFY2(refused.standardError.find("Only root can bring") != std::string::npos, said(refused));
        m_bundle.reset(); // before its user
    }

private:
    std::string source() const { return m_world->path().toStdString() + "/source"; }
    std::string file() const { return m_bundle->path("/mounts.json"); }
    void list(const std::string& json) const { QVERIFY(writeFileAtomically(file(), json, 0644)); }
    CommandOutput mounts(const std::string& what) const { return m_bundle->hull({ "mounts", what, "web", file() }); }
    CommandOutput inside(const std::string& script) const
    {
        return m_bundle->hull({ "exec", "web", "/bin/sh", "-c", script });
    }
};

QTEST_GUILESS_MAIN(HullMountsVerbTest)
#include "hull_mounts_verb_test.moc"
