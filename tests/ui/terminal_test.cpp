// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl_world.h"
#include "ui/console/terminal_session.h"
#include "ui/console/terminal_tab.h"
#include "ui/console/terminal_view.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTest>

using namespace twinhull;
using test::ctl;

/// The terminal tab with the shell of a real container, by keys.
class TerminalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        const auto run = ctl({ "run", "--no-network", "--name", "box", "starter", "/bin/sh", "-c", "exec sleep 1000" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto told = test::CtlWorld::only();
        m_info.id = { WorkloadKind::Container, told[u"id"].toString() };
        m_info.name = QStringLiteral("box");
        m_info.state = WorkloadState::Running;
        m_info.capabilities = Capability::Exec;
        m_info.footprint.rootPids = { 1 };
    }
    void cleanupTestCase() { test::CtlWorld::removeContainers(); }

    void init()
    {
        m_tab = std::make_unique<TerminalTab>();
        m_tab->resize(800, 400);
        m_tab->show();
        QVERIFY(QTest::qWaitForWindowActive(m_tab.get()));
        m_tab->present(m_info);
    }
    void cleanup() { m_tab.reset(); }

    void runsAShellThatAnswersKeys()
    {
        open();
        type("echo $((6 * 7)) 日本\n");
        QVERIFY2(shows("42 日本"), qPrintable(view()->text()));
        type("stty size\n");
        QVERIFY2(shows(QStringLiteral("%1 %2").arg(view()->cells().height()).arg(view()->cells().width())),
            qPrintable(view()->text()));
        m_tab->resize(1000, 500); // its way is not that of what is typed: either may come first
        type(qPrintable(QStringLiteral("until test \"$(stty size)\" = '%1 %2'; do :; done; echo wi''de\n")
                            .arg(view()->cells().height())
                            .arg(view()->cells().width())));
        QVERIFY2(shows("wide"), qPrintable(view()->text()));
        type("sh -c \"echo rea''dy; exec sleep 1000\"\n");
        QVERIFY2(shows("ready"), qPrintable(view()->text())); // it has the terminal, which the first shell had before
        QTest::keyClick(view(), Qt::Key_C, Qt::ControlModifier);
        type("echo af''ter\n");
        QVERIFY2(shows("after"), qPrintable(view()->text()));
    }

    void saysHowItEndedAndStartsAgain()
    {
        open();
        type("exit 3\n");
        QTRY_VERIFY(!m_tab->current()->isRunning());
        auto* text = m_tab->current()->findChild<QLabel*>(QStringLiteral("terminalEnd"));
        QVERIFY2(text->isVisible() && text->text().contains(u'3'), qPrintable(text->text()));
        m_tab->current()->findChild<QPushButton*>(QStringLiteral("terminalAgain"))->click();
        type("echo a''gain\n");
        QVERIFY2(shows("again"), qPrintable(view()->text()));
    }

    void opensSeveralAsAnyUser()
    {
        open();
        field("terminalCommand")->setText(QStringLiteral("sh -c 'id -u; exec sh'"));
        field("terminalUser")->setText(QStringLiteral("0"));
        QTest::keyClick(field("terminalUser"), Qt::Key_Return);
        auto* tabs = m_tab->findChild<QTabBar*>(QStringLiteral("terminalTabs"));
        QCOMPARE(tabs->count(), 2);
        QVERIFY2(shows("0"), qPrintable(view()->text()));
        QTest::keyClick(view(), Qt::Key_Backtab, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(tabs->hasFocus());
        QTest::keyClick(tabs, Qt::Key_W, Qt::ControlModifier);
        QCOMPARE(tabs->count(), 1);
        m_tab.reset();
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "exec", "-u", "0", "box", "pidof", "sh" }).exitCode != 0, 20'000); // hung up
    }

    void attachesToTheMainProcess()
    {
        auto* attach = m_tab->findChild<QPushButton*>(QStringLiteral("terminalAttach"));
        QVERIFY(!attach->isEnabled()); // it has no terminal
        QCOMPARE(ctl({ "run", "--no-network", "--terminal", "--name", "asked", "starter", "/bin/sh" }).exitCode, 0);
        WorkloadInfo info = m_info;
        info.name = QStringLiteral("asked");
        for (const auto& each : test::CtlWorld::containers()) {
            if (each[u"name"].toString() == info.name)
                info.id.key = each[u"id"].toString();
        }
        info.capabilities |= Capability::Console;
        m_tab->present(info);
        attach->click();
        QVERIFY(m_tab->current()->isAttached());
        type("echo m''ain $$\n");
        QVERIFY2(shows("main 1"), qPrintable(view()->text()));
        QTest::keyClick(view(), Qt::Key_BracketRight, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!m_tab->current()->isRunning(), 20'000);
        QCOMPARE(ctl({ "exec", "asked", "true" }).exitCode, 0); // it runs on
        m_tab->forget(info.id);
    }

    void staysAwakeInAFlood()
    {
        open();
        type("yes\n");
        QVERIFY(shows("y\ny\ny"));
        for (int turn = 0; turn < 200; ++turn) { // each turn must come back: an endless one would be killed by its time
            QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
        }
        QTest::keyClick(view(), Qt::Key_C, Qt::ControlModifier);
        type("echo qui''et\n");
        QVERIFY2(shows("quiet"), qPrintable(view()->text()));
    }

    void saysThatTheWorkloadStopped()
    {
        QCOMPARE(
            ctl({ "run", "--no-network", "--name", "short", "starter", "/bin/sh", "-c", "exec sleep 1000" }).exitCode,
            0);
        WorkloadInfo info = m_info;
        info.name = QStringLiteral("short");
        info.id.key = QStringLiteral("short");
        m_tab->present(info);
        open();
        type("echo he''re\n");
        QVERIFY(shows("here"));
        QCOMPARE(ctl({ "stop", "short", "--force" }).exitCode, 0);
        QTRY_VERIFY_WITH_TIMEOUT(!m_tab->current()->isRunning(), 20'000);
        info.state = WorkloadState::Stopped;
        info.capabilities = {};
        info.footprint = {};
        m_tab->present(info);
        auto* text = m_tab->current()->findChild<QLabel*>(QStringLiteral("terminalEnd"));
        QVERIFY2(text->text().contains(QStringLiteral("does not run any more")), qPrintable(text->text()));
        QVERIFY(!m_tab->current()->findChild<QPushButton*>(QStringLiteral("terminalAgain"))->isEnabled());
        QVERIFY(!m_tab->findChild<QPushButton*>(QStringLiteral("terminalOpen"))->isEnabled());
        m_tab->forget(info.id);
        QVERIFY(m_tab->current() == nullptr);
    }

private:
    QLineEdit* field(const char* name) const { return m_tab->findChild<QLineEdit*>(QLatin1String(name)); }
    TerminalView* view() const { return m_tab->current()->view(); }

    void open() const
    {
        QTest::keyClick(field("terminalCommand"), Qt::Key_Return);
        QVERIFY(m_tab->current() != nullptr && m_tab->current()->isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!view()->text().isEmpty(), 20'000);
    }

    void type(const char* text) const
    {
        for (const QChar letter : QString::fromUtf8(text))
            if (letter == u'\n')
                QTest::keyClick(view(), Qt::Key_Return);
            else
                QTest::sendKeyEvent(QTest::Click, view(), Qt::Key_unknown, QString(letter), Qt::NoModifier);
    }

    bool shows(const QString& text) const
    {
        return QTest::qWaitFor([&] { return view()->text().contains(text); }, 60'000);
    }
    bool shows(const char* text) const { return shows(QString::fromUtf8(text)); }

    test::CtlWorld m_world;
    WorkloadInfo m_info;
    std::unique_ptr<TerminalTab> m_tab;
};

QTEST_MAIN(TerminalTest)
#include "terminal_test.moc"
