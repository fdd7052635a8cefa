// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_tab.h"

#include "tests/support/context_world.h"
#include "tests/support/screen_server.h"
#include "ui/console/screen_view.h"
#include "ui/console/screen_window.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

using namespace twinhull;
using test::ScreenServer;

namespace {

/// Screens that the test puts there; each opening has a server of its own.
class NotedScreens : public MachineScreens {
public:
    std::vector<MachineScreen> kept{ { 0, MachineScreen::Kind::Vnc, QStringLiteral("vnc"), {}, 1, true } };
    std::vector<std::unique_ptr<ScreenServer>> servers;
    QStringList asked;
    Result<> answer;

    std::unique_ptr<Job> readScreens(const WorkloadInfo&, std::shared_ptr<std::vector<MachineScreen>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [this, into]() -> Result<> {
            *into = kept;
            return {};
        });
    }
    std::unique_ptr<Job> openScreen(const WorkloadInfo&, int index, std::shared_ptr<OpenedScreen> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("open"), [this, index, into]() -> Result<> {
            asked << QStringLiteral("open %1").arg(index);
            servers.push_back(std::make_unique<ScreenServer>());
            *into = servers.back()->takeClientEnd();
            return answer;
        });
    }
    std::unique_ptr<Job> openInViewer(const WorkloadInfo&, int index) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("viewer"), [this, index]() -> Result<> {
            asked << QStringLiteral("viewer %1").arg(index);
            return {};
        });
    }
};

class ScreenProvider : public test::FakeProvider, public HasMachineScreens {
public:
    ScreenProvider() : FakeProvider(WorkloadKind::Vm) { }

    NotedScreens noted;

    MachineScreens& screens() override { return noted; }
};

struct ScreenWorld : test::ContextWorld {
    ScreenProvider machines;
    WorkloadRegistry onlyMachines;
    AppContext machineContext{ onlyMachines, jobs, images, rings, twins, settings, temporary.folders() };
    WorkloadInfo box;
    ScreenTab tab{ machineContext };

    explicit ScreenWorld(WorkloadState state = WorkloadState::Running)
    {
        onlyMachines.add(&machines);
        box.id = { WorkloadKind::Vm, QStringLiteral("1") };
        box.name = QStringLiteral("box");
        box.state = state;
        tab.resize(800, 400);
        tab.show();
    }
    void present(WorkloadState state)
    {
        box.state = state;
        tab.present(box);
    }
    bool open()
    {
        tab.present(box);
        return !machines.noted.servers.empty() && !machines.noted.servers.back()->greet({ 80, 40 }).isEmpty()
            && QTest::qWaitFor([this] { return view()->isVisible(); }, twinhull::test::kTestPatienceMilliseconds);
    }
    template <typename Widget = QWidget>
    Widget* child(const char* name) const
    {
        return tab.findChild<Widget*>(QLatin1String(name));
    }
    ScreenView* view() const { return child<ScreenView>("screenView"); }
    QString notice() const { return child<QLabel>("screenNotice")->text(); }
};

} // namespace

class ConsoleScreenTabTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsTheScreenOfWhatRuns()
    {
        ScreenWorld world;
        QVERIFY(world.open());
        QCOMPARE(world.view()->accessibleName(), QStringLiteral("Screen of box"));
        QVERIFY(world.child<QLabel>("screenStatus")->text().contains(QStringLiteral("80 \u00d7 40")));
        QVERIFY(world.child("screenKeys")->isEnabled());
        QVERIFY(!world.child("screenChoice")->isVisible());
    }

    void saysWhyThereIsNone_data()
    {
        QTest::addColumn<WorkloadState>("state");
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("off") << WorkloadState::Stopped << QStringLiteral("vnc") << QStringLiteral("It is off");
        QTest::newRow("no screen") << WorkloadState::Running << QString() << QStringLiteral("has no screen");
        QTest::newRow("SPICE") << WorkloadState::Running << QStringLiteral("spice") << QStringLiteral("speaks SPICE");
    }
    void saysWhyThereIsNone()
    {
        QFETCH(WorkloadState, state);
        QFETCH(QString, type);
        QFETCH(QString, sentence);
        ScreenWorld world(state);
        world.machines.noted.kept.clear();
        if (!type.isEmpty())
            world.machines.noted.kept.push_back(
                { 0, type == QLatin1String("vnc") ? MachineScreen::Kind::Vnc : MachineScreen::Kind::Spice, type, {}, 1,
                    true });
        world.tab.present(world.box);
        QVERIFY2(world.notice().contains(sentence), qPrintable(world.notice()));
        QVERIFY(world.machines.noted.asked.isEmpty());
        QVERIFY(!world.child("screenFull")->isEnabled());
    }

    void connectsAgainWhenItStartsAnew()
    {
        ScreenWorld world;
        QVERIFY(world.open());
        world.present(WorkloadState::Stopped);
        QVERIFY(world.notice().contains(QStringLiteral("It is off")));
        QVERIFY(!world.view()->isVisible());
        world.box.state = WorkloadState::Running;
        QVERIFY(world.open());
        QCOMPARE(world.machines.noted.asked.size(), 2);
    }

    void connectsAgainByItselfAndWhenAsked()
    {
        ScreenWorld world;
        QVERIFY(world.open());
        world.machines.noted.servers.back()->hangUp();
        QTRY_VERIFY(world.child("screenAgain")->isVisible());
        QTRY_COMPARE(world.machines.noted.asked.size(), 2); // a second later
        world.machines.noted.servers.back()->hangUp();
        QTRY_VERIFY(world.child("screenAgain")->isVisible());
        QTest::mouseClick(world.child("screenAgain"), Qt::LeftButton);
        QCOMPARE(world.machines.noted.asked.size(), 3);
        QVERIFY(!world.machines.noted.servers.back()->greet({ 80, 40 }).isEmpty());
        QTRY_VERIFY(world.view()->isVisible());
    }

    void showsWhyItCannotBeOpened()
    {
        ScreenWorld world;
        world.machines.noted.answer = Error{ ErrorCode::Unsupported, "it listens nowhere", 0, "Give it a port." };
        world.tab.present(world.box);
        QVERIFY2(world.notice().contains(QStringLiteral("Give it a port.")), qPrintable(world.notice()));
        QVERIFY(world.child("screenAgain")->isVisible());
    }

    void showsAnotherOfSeveral()
    {
        ScreenWorld world;
        world.machines.noted.kept.push_back({ 1, MachineScreen::Kind::Vnc, QStringLiteral("vnc"), {}, 1, true });
        QVERIFY(world.open());
        auto* choice = world.child<QComboBox>("screenChoice");
        QVERIFY(choice->isVisible());
        choice->setCurrentIndex(1);
        Q_EMIT choice->activated(1);
        QCOMPARE(world.machines.noted.asked, (QStringList{ QStringLiteral("open 0"), QStringLiteral("open 1") }));
        QTest::mouseClick(world.child("screenViewer"), Qt::LeftButton);
        QTRY_VERIFY(world.machines.noted.asked.contains(QStringLiteral("viewer 1")));
    }

    void goesToTheFullScreenAndBack()
    {
        ScreenWorld world;
        QVERIFY(world.open());
        auto* view = world.view();
        QTest::mouseClick(world.child("screenFull"), Qt::LeftButton);
        auto* window = qobject_cast<ScreenWindow*>(view->window());
        QVERIFY(window != nullptr && window->isFullScreen());
        QTRY_VERIFY(view->isVisible());
        QTest::keyClick(view, Qt::Key_F11);
        QCOMPARE(view->window(), world.tab.window());
        QTRY_VERIFY(view->isVisible());
        QTest::mouseClick(world.child("screenFull"), Qt::LeftButton);
        world.present(WorkloadState::Stopped); // nobody is left alone on an empty full screen
        QCOMPARE(view->window(), world.tab.window());
        QVERIFY(world.notice().contains(QStringLiteral("It is off")));
    }

    void keepsClipboardsApartUntilAsked()
    {
        ScreenWorld world;
        QVERIFY(world.open());
        const auto& server = *world.machines.noted.servers.back();
        QVERIFY(server.hearPixelRequest());
        auto* clipboard = QApplication::clipboard();
        clipboard->setText(QStringLiteral("mine"));
        world.tab.activateWindow();
        world.view()->setFocus();
        QTRY_VERIFY(world.view()->isHeld());
        QVERIFY(server.hearsNothing(100));
        const QByteArray theirs = QByteArray::fromHex("0300000000000006") + "theirs";
        server.say(theirs);
        QTest::qWait(50);
        QCOMPARE(clipboard->text(), QStringLiteral("mine"));
        world.child<QAction>("screenGive")->setChecked(true);
        QCOMPARE(server.hear(12), QByteArray::fromHex("0600000000000004") + "mine");
        world.child<QAction>("screenTake")->setChecked(true);
        server.say(theirs);
        QTRY_COMPARE(clipboard->text(), QStringLiteral("theirs"));
        QVERIFY(server.hearsNothing(100)); // it is not given back to where it came from
    }

    void containersAndTwinsHaveNone()
    {
        ScreenWorld world;
        QVERIFY(ScreenTab::screensOf(world.machineContext, world.box) != nullptr);
        world.box.imageDigest = QStringLiteral("sha256:1");
        QVERIFY(ScreenTab::screensOf(world.machineContext, world.box) == nullptr);
        world.box.id.kind = WorkloadKind::Container;
        QVERIFY(ScreenTab::screensOf(world.context, world.box) == nullptr);
    }
};

QTEST_MAIN(ConsoleScreenTabTest)
#include "console_screen_tab_test.moc"
