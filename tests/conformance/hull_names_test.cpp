// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <csignal>

using namespace twinhull;
using namespace twinhull::test;

/// Ids that say nothing about whose container it is.
class HullNamesTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    /// `run` deletes its container at the end, and only its own: the id may have gone to another one meanwhile.
    void leavesAnotherContainerOfTheSameNameAlone()
    {
        m_bundle->setScript("echo > /ready; exec sleep 100");
        m_bundle->write();
        const auto first = spawn(
            { { hullProgram(), "--root", m_bundle->root(), "run", "--bundle", m_bundle->path(), "web" }, {}, {} }, {});
        QVERIFY(first);
        QTRY_VERIFY(exists(m_bundle->path("/rootfs/ready")));
        QCOMPARE(::kill(first->pid, SIGSTOP), 0);
        QTRY_COMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QCOMPARE(::kill(first->pid, SIGCONT), 0);
        siginfo_t info{};
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(first->pid), &info, WEXITED), 0);
        QCOMPARE(info.si_status, 128 + SIGKILL);
        QVERIFY(m_bundle->hull({ "state", "web" }).standardOutput.find("\"created\"") != std::string::npos);
    }

    void takesAVerbForAnId_data()
    {
        QTest::addColumn<QString>("id");
        for (const char* id : { "run", "create", "exec" })
            QTest::newRow(id) << QString::fromLatin1(id);
    }
    void takesAVerbForAnId()
    {
        QFETCH(QString, id);
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->create(id.toStdString()).exitStatus, 0);
        const auto state = m_bundle->hull({ "state", id.toStdString() });
        QCOMPARE(state.exitStatus, 0);
        QVERIFY2(state.standardOutput.find("\"created\"") != std::string::npos, said(state));
        QCOMPARE(m_bundle->hull({ "delete", "--force", id.toStdString() }).exitStatus, 0);
        QVERIFY(m_bundle->isClean());
    }
};

QTEST_GUILESS_MAIN(HullNamesTest)
#include "hull_names_test.moc"
