// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/console_tab.h"

#include "tests/support/context_world.h"
#include "ui/console/console_screen.h"
#include "ui/console/terminal_view.h"

#include <QComboBox>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QTest>

using namespace twinhull;

namespace {

/// A console that the test speaks for.
class SpokenConsole : public ConsoleSession {
public:
    QByteArray typed;
    bool isDeaf = false;

    bool write(const QByteArray& bytes) override
    {
        if (!isDeaf)
            typed += bytes;
        return !isDeaf;
    }
    void end(ErrorCode code, const char* hint = "") { Q_EMIT ended(Error{ code, "it ended", 0, hint }); }
};

class SpokenConsoles : public MachineConsoles {
public:
    std::vector<MachineConsole> kept{ { QStringLiteral("serial0"), QStringLiteral("Serial port 1"), {} } };
    QStringList asked;
    QPointer<SpokenConsole> latest;

    std::unique_ptr<Job> list(const WorkloadInfo&, std::shared_ptr<std::vector<MachineConsole>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("list"), [this, into]() -> Result<> {
            *into = kept;
            return {};
        });
    }
    std::unique_ptr<ConsoleSession> open(
        const WorkloadInfo& machine, const QString& alias, ConsoleTakeover takeover) override
    {
        const char* form = takeover == ConsoleTakeover::Yes ? "%1 %2 by force" : "%1 %2";
        asked << QString::fromLatin1(form).arg(machine.name, alias);
        auto session = std::make_unique<SpokenConsole>();
        latest = session.get();
        return session;
    }
};

class ConsoleProvider : public test::FakeProvider, public HasMachineConsoles {
public:
    ConsoleProvider() : FakeProvider(WorkloadKind::Vm) { }

    SpokenConsoles spoken;

    MachineConsoles& consoles() override { return spoken; }
};

struct ConsoleWorld : test::ContextWorld {
    ConsoleProvider machines;
    WorkloadRegistry onlyMachines;
    AppContext machineContext{ onlyMachines, jobs, images, rings, twins, settings, temporary.folders() };
    WorkloadInfo box;
    ConsoleTab tab{ machineContext };

    ConsoleWorld()
    {
        onlyMachines.add(&machines);
        box.id = { WorkloadKind::Vm, QStringLiteral("1") };
        box.name = QStringLiteral("box");
        box.state = WorkloadState::Running;
        tab.resize(800, 400);
        tab.show();
    }

    void now(WorkloadState state, Capabilities capabilities = {})
    {
        box.state = state;
        box.capabilities = capabilities;
        machines.put(box);
        tab.present(box);
    }
    bool opens(qsizetype times) const
    {
        return QTest::qWaitFor(
                   [&] { return machines.spoken.asked.size() >= times; }, twinhull::test::kTestPatienceMilliseconds)
            && machines.spoken.asked.size() == times;
    }

    template <typename Widget>
    Widget& part(const char* name) const
    {
        return *tab.findChild<Widget*>(QString::fromLatin1(name));
    }
    QString status() const { return part<QLabel>("consoleStatus").text(); }
    QString notice() const { return part<QLabel>("consoleNotice").text(); }
    QPushButton& act() const { return part<QPushButton>("consoleAct"); }
    QPushButton& takeOver() const { return part<QPushButton>("consoleTakeOver"); }
    SpokenConsole& spoken() const { return *machines.spoken.latest; }
};

} // namespace

class ConsoleTabTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensWhatIsLookedAtAndTypesThere()
    {
        ConsoleWorld world;
        world.now(WorkloadState::Running);
        QVERIFY(world.opens(1));
        QCOMPARE(world.machines.spoken.asked, QStringList{ QStringLiteral("box serial0") });
        QCOMPARE(world.status(), QStringLiteral("Opening…"));
        Q_EMIT world.spoken().opened();
        QVERIFY(world.status().contains(QStringLiteral("press Return")));
        Q_EMIT world.spoken().received("login: ");
        auto* view = world.tab.current()->view();
        QVERIFY(view->text().contains(QStringLiteral("login:")));
        QTest::keyClicks(view, QStringLiteral("root"));
        QCOMPARE(world.spoken().typed, QByteArray("root"));
        world.spoken().isDeaf = true;
        QTest::keyClicks(view, QStringLiteral("x"));
        QVERIFY2(world.status().contains(QStringLiteral("reads nothing")), qPrintable(world.status()));
    }

    void opensAgainWhenTheMachineIsStartedAgain()
    {
        ConsoleWorld world;
        world.now(WorkloadState::Running);
        QVERIFY(world.opens(1));
        Q_EMIT world.spoken().opened();
        Q_EMIT world.spoken().received("first run");
        world.spoken().end(ErrorCode::Unavailable); // told before its state is
        QTest::qWait(2 * ConsoleTab::kOpenDelay.count());
        QCOMPARE(world.machines.spoken.asked.size(), 1); // not again and again
        world.now(WorkloadState::Stopped, Capability::Start);
        QVERIFY2(world.status().contains(QStringLiteral("said last")), qPrintable(world.status()));
        QVERIFY(world.tab.current()->view()->isVisible());
        QCOMPARE(world.act().text(), QStringLiteral("Start"));
        world.act().click();
        QTRY_VERIFY(world.machines.log.contains(QStringLiteral("start box")));
        world.now(WorkloadState::Running);
        QVERIFY(world.opens(2));
        Q_EMIT world.spoken().opened();
        Q_EMIT world.spoken().received("second run");
        const QString text = world.tab.current()->view()->text();
        QVERIFY2(text.startsWith(QStringLiteral("first run\n")) && text.endsWith(QStringLiteral("second run")),
            qPrintable(text));
    }

    void takesOverOnlyWhenAskedTo()
    {
        ConsoleWorld world;
        world.now(WorkloadState::Running);
        QVERIFY(world.opens(1));
        QVERIFY(!world.takeOver().isVisible());
        world.spoken().end(ErrorCode::Busy);
        QVERIFY2(world.status().contains(QStringLiteral("Another has")), qPrintable(world.status()));
        world.now(WorkloadState::Running);
        QTest::qWait(2 * ConsoleTab::kOpenDelay.count());
        QCOMPARE(world.machines.spoken.asked.size(), 1);
        world.takeOver().click();
        QCOMPARE(world.machines.spoken.asked.last(), QStringLiteral("box serial0 by force"));
        QVERIFY(!world.takeOver().isVisible());
    }

    void leavesItToOthersWhenLetGo()
    {
        ConsoleWorld world;
        world.now(WorkloadState::Running);
        QVERIFY(world.opens(1));
        Q_EMIT world.spoken().opened();
        QCOMPARE(world.act().text(), QStringLiteral("Disconnect"));
        world.act().click();
        QVERIFY(world.machines.spoken.latest.isNull());
        world.now(WorkloadState::Stopped);
        world.now(WorkloadState::Running);
        QTest::qWait(2 * ConsoleTab::kOpenDelay.count());
        QCOMPARE(world.machines.spoken.asked.size(), 1);
        QCOMPARE(world.act().text(), QStringLiteral("Connect"));
        world.act().click();
        QCOMPARE(world.machines.spoken.asked.size(), 2);
    }

    void keepsEachOfSeveral()
    {
        ConsoleWorld world;
        world.machines.spoken.kept.insert(world.machines.spoken.kept.begin(),
            { QStringLiteral("serial9"), QStringLiteral("Serial port 0"), QStringLiteral("It is written to a file.") });
        world.machines.spoken.kept.push_back({ QStringLiteral("console1"), QStringLiteral("Virtio console 2"), {} });
        world.now(WorkloadState::Running);
        QVERIFY(world.opens(1));
        QCOMPARE(world.machines.spoken.asked.last(), QStringLiteral("box serial0")); // the first that can be opened
        Q_EMIT world.spoken().opened();
        Q_EMIT world.spoken().received("from the port");
        auto& devices = world.part<QComboBox>("consoleDevice");
        devices.setCurrentIndex(0);
        QCOMPARE(world.notice(), QStringLiteral("It is written to a file."));
        devices.setCurrentIndex(2);
        QVERIFY(world.opens(2));
        devices.setCurrentIndex(1);
        QVERIFY(world.tab.current()->view()->text().contains(QStringLiteral("from the port")));
        QCOMPARE(world.tab.current()->state(), ConsoleScreen::State::Open); // it was kept
        world.machines.drop(world.box.id);
        QVERIFY(world.tab.current() == nullptr);
    }

    void saysWhatIsMissing()
    {
        ConsoleWorld world;
        world.now(WorkloadState::Stopped, Capability::Start);
        QVERIFY2(world.notice().contains(QStringLiteral("does not run")), qPrintable(world.notice()));
        QVERIFY(world.act().isVisible() && world.act().text() == QStringLiteral("Start"));
        world.machines.spoken.kept.clear();
        world.now(WorkloadState::Running);
        QVERIFY2(world.notice().contains(QStringLiteral("Add hardware")), qPrintable(world.notice()));
        QVERIFY(!world.act().isVisible());
    }

    void doesNotOpenForWhoPassesBy()
    {
        ConsoleWorld world;
        world.now(WorkloadState::Running);
        WorkloadInfo other = world.box;
        other.id.key = QStringLiteral("2");
        other.name = QStringLiteral("other");
        world.tab.present(other);
        QVERIFY(world.opens(1));
        QCOMPARE(world.machines.spoken.asked, QStringList{ QStringLiteral("other serial0") });
    }
};

QTEST_MAIN(ConsoleTabTest)
#include "console_tab_test.moc"
