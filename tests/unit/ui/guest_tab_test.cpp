// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/guest_tab.h"

#include "core/workload/machine_hardware.h"
#include "tests/support/context_world.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
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
