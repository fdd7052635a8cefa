// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/guest_tab.h"

#include "core/workload/machine_hardware.h"
#include "tests/support/context_world.h"
#include "ui/details/guest_work.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include <algorithm>

using namespace twinhull;

namespace {

GuestFacts tellingGuest()
{
    GuestFacts facts;
    facts.agent = GuestFacts::Agent::Answers;
    facts.hostName = QStringLiteral("<a href=\"file:///etc\">box</a>"); // a guest's word, hostile
    facts.addresses = { { QStringLiteral("127.0.0.1"), 8, QStringLiteral("lo"), {}, GuestAddress::Source::Agent },
        { QStringLiteral("fe80::1"), 64, QStringLiteral("eth0"), {}, GuestAddress::Source::Agent },
        { QStringLiteral("192.168.122.7"), 24, QStringLiteral("eth0"), {}, GuestAddress::Source::Lease } };
    facts.fileSystems.emplace().push_back(
        { QStringLiteral("/"), QStringLiteral("vda1"), QStringLiteral("ext4"), 1U << 20U, 1U << 30U });
    return facts;
}

/// A machine whose inside is what the test says; it counts what it was asked.
class AskedProvider : public test::FakeProvider, public HasMachineGuest, public MachineGuest {
public:
    AskedProvider() : FakeProvider(WorkloadKind::Vm) { }

    GuestFacts facts;
    int reads = 0;
    int syncs = 0;
    std::vector<std::string> ran;
    GuestFileCopy copied;

    MachineGuest& guest() override { return *this; }
    std::unique_ptr<Job> read(const WorkloadInfo&, std::shared_ptr<GuestFacts> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [this, into]() -> Result<> {
            ++reads;
            *into = facts;
            return {};
        });
    }
    std::unique_ptr<Job> syncTime(const WorkloadInfo&) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("sync"), [this]() -> Result<> {
            ++syncs;
            return {};
        });
    }
    std::unique_ptr<Job> run(
        const WorkloadInfo&, GuestProgram program, std::shared_ptr<GuestProgramOutcome> outcome) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("run"), [this, program, outcome]() -> Result<> {
            ran = program.arguments;
            outcome->command = { 3, "first\033[2J\n", "second", std::chrono::seconds(1) };
            return {};
        });
    }
    std::unique_ptr<Job> copyOut(
        const WorkloadInfo&, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome> outcome) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("out"), [this, copy, outcome]() -> Result<> {
            copied = copy;
            *outcome = { 2048, copy.target };
            return {};
        });
    }
    std::unique_ptr<Job> copyIn(const WorkloadInfo&, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome>) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("in"), [this, copy]() -> Result<> {
            copied = copy;
            return Error{ ErrorCode::PermissionDenied, "not guest-file-write", 0, "Allow it." };
        });
    }
};

struct GuestWorld : test::ContextWorld {
    AskedProvider machines;
    WorkloadRegistry onlyMachines;
    AppContext machineContext{ onlyMachines, jobs, images, rings, twins, settings, temporary.folders() };
    WorkloadInfo box;

    GuestWorld()
    {
        onlyMachines.add(&machines);
        box.id = { WorkloadKind::Vm, QStringLiteral("1") };
        box.name = QStringLiteral("box");
        box.state = WorkloadState::Running;
        machines.put(box);
    }
};

QPushButton& guestButton(QWidget& tab, const char* name)
{
    return *tab.findChild<QPushButton*>(QString::fromLatin1(name));
}

bool showsText(QWidget& tab, QStringView text)
{
    const auto labels = tab.findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(),
        [&](QLabel* label) { return label->text().contains(text) && label->textFormat() != Qt::RichText; });
}

} // namespace

class GuestTabTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsWhatTheInsideSaysAsItIs()
    {
        GuestWorld world;
        world.machines.facts = tellingGuest();
        GuestTab tab(world.machineContext);
        tab.show();
        tab.present(world.box);
        QTRY_VERIFY(showsText(tab, u"192.168.122.7/24"));
        QVERIFY(showsText(tab, u"<a href=\"file:///etc\">box</a>"));
        QVERIFY(showsText(tab, u"/ · ext4"));
        guestButton(tab, "guestCopySsh").click(); // neither the loop's nor the link's
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("ssh 192.168.122.7"));
        guestButton(tab, "guestSyncTime").click();
        QTRY_COMPARE(world.machines.syncs, 1);
    }

    void saysWhatIsMissing()
    {
        GuestWorld world;
        world.machines.facts.agent = GuestFacts::Agent::Silent;
        GuestTab tab(world.machineContext);
        tab.show();
        tab.present(world.box);
        QTRY_VERIFY(tab.findChild<QLabel*>(QStringLiteral("guestStatus"))->text().contains(u"qemu-guest-agent"));
        QVERIFY(guestButton(tab, "guestSyncTime").isHidden());
        QVERIFY(guestButton(tab, "guestCopyAddress").isHidden());
    }

    void runsCommandsAndCopiesFiles()
    {
        GuestWorld world;
        world.machines.facts = tellingGuest();
        GuestTab tab(world.machineContext);
        tab.show();
        tab.present(world.box);
        auto* work = tab.findChild<GuestWork*>();
        QTRY_VERIFY(work->isVisible());
        QVERIFY(!guestButton(tab, "guestRun").isEnabled() && !guestButton(tab, "guestDownload").isEnabled());
        tab.findChild<QLineEdit*>(QStringLiteral("guestCommand"))->setText(QStringLiteral("ls 'a b'"));
        guestButton(tab, "guestRun").click();
        QTRY_COMPARE(world.machines.ran, (std::vector<std::string>{ "ls", "a b" }));
        QTRY_VERIFY(showsText(tab, u"status 3"));
        QCOMPARE(tab.findChild<QPlainTextEdit*>()->toPlainText(), QStringLiteral("first?[2J\nsecond"));
        tab.findChild<QLineEdit*>(QStringLiteral("guestPath"))->setText(QStringLiteral("/etc/hosts"));
        work->downloadTo(QStringLiteral("/tmp/hosts"));
        QTRY_VERIFY(showsText(tab, u"are in /tmp/hosts now"));
        QCOMPARE(world.machines.copied.source, std::string("/etc/hosts"));
        work->uploadFrom(QStringLiteral("/tmp/new"));
        QTRY_VERIFY(showsText(tab, u"Allow it."));
        QCOMPARE(world.machines.copied.target, std::string("/etc/hosts"));
    }

    void asksNobodyWhileItIsNotSeen()
    {
        GuestWorld world;
        GuestTab tab(world.machineContext);
        tab.present(world.box);
        QCoreApplication::processEvents();
        QCOMPARE(world.machines.reads, 0);
        tab.show();
        QTRY_COMPARE(world.machines.reads, 1);
    }
};

QTEST_MAIN(GuestTabTest)
#include "guest_tab_test.moc"
