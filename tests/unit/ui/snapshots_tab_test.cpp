// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/snapshots/snapshots_tab.h"

#include "tests/support/context_world.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QTreeWidget>

using namespace twinhull;

namespace {

MachineSnapshot snapshotNamed(const char* name, const char* parent)
{
    MachineSnapshot one;
    one.name = QString::fromLatin1(name);
    one.parent = QString::fromLatin1(parent);
    one.takenAt = QDateTime::fromSecsSinceEpoch(1'764'000'000);
    return one;
}

/// Snapshots that the test puts there; it writes down what it was asked.
class NotedSnapshots : public MachineSnapshots {
public:
    std::vector<MachineSnapshot> kept;
    std::vector<SnapshotRequest> requests;
    QStringList asked;
    Result<> answer;

    std::unique_ptr<Job> list(const WorkloadInfo&, std::shared_ptr<std::vector<MachineSnapshot>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("list"), [this, into]() -> Result<> {
            *into = kept;
            return {};
        });
    }
    std::unique_ptr<Job> create(const WorkloadInfo&, const SnapshotRequest& request, std::shared_ptr<QString>) override
    {
        requests.push_back(request);
        return noted(QStringLiteral("create ") + request.name);
    }
    std::unique_ptr<Job> revert(const WorkloadInfo&, const QString& name) override
    {
        return noted(QStringLiteral("revert ") + name);
    }
    std::unique_ptr<Job> remove(const WorkloadInfo&, const QString& name) override
    {
        return noted(QStringLiteral("delete ") + name);
    }
    std::unique_ptr<Job> describe(const WorkloadInfo&, const QString& name, const QString& text) override
    {
        return noted(QStringLiteral("describe %1 %2").arg(name, text));
    }

private:
    std::unique_ptr<Job> noted(const QString& words)
    {
        return std::make_unique<test::InstantJob>(words, [this, words]() -> Result<> {
            asked << words;
            return answer;
        });
    }
};

class SnapshotProvider : public test::FakeProvider, public HasMachineSnapshots {
public:
    SnapshotProvider() : FakeProvider(WorkloadKind::Vm) { }

    NotedSnapshots noted;

    MachineSnapshots& snapshots() override { return noted; }
};

struct SnapshotWorld : test::ContextWorld {
    SnapshotProvider machines;
    WorkloadRegistry onlyMachines;
    AppContext machineContext{ onlyMachines, jobs, images, rings, twins, settings, temporary.folders() };
    WorkloadInfo box;
    SnapshotsTab tab{ machineContext };

    SnapshotWorld()
    {
        onlyMachines.add(&machines);
        box.id = { WorkloadKind::Vm, QStringLiteral("1") };
        box.name = QStringLiteral("box");
        box.state = WorkloadState::Running;
        machines.put(box);
        machines.noted.kept = { snapshotNamed("one", ""), snapshotNamed("two", "one"), snapshotNamed("three", "one") };
        machines.noted.kept[1].isCurrent = true;
        machines.noted.kept[0].deleteRefusal = QStringLiteral("More than one state stands on it.");
    }

    template <typename Widget>
    Widget& part(const char* name) const
    {
        return *tab.findChild<Widget*>(QString::fromLatin1(name));
    }
    QTreeWidget& tree() const { return part<QTreeWidget>("snapshotTree"); }
};

} // namespace

class SnapshotsTabTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsATreeWithThePresentState()
    {
        SnapshotWorld world;
        world.tab.present(world.box);
        QTRY_COMPARE(world.tree().topLevelItemCount(), 1);
        auto* one = world.tree().topLevelItem(0);
        QCOMPARE(one->childCount(), 2);
        QCOMPARE(one->child(0)->text(0), QStringLiteral("two"));
        QCOMPARE(one->child(0)->childCount(), 1);
        QCOMPARE(one->child(0)->child(0)->text(0), QStringLiteral("Present state"));
        QVERIFY((one->child(0)->child(0)->flags() & Qt::ItemIsSelectable) == 0);
    }

    void saysWhyAButtonWaits()
    {
        SnapshotWorld world;
        world.tab.present(world.box);
        QTRY_COMPARE(world.tree().topLevelItemCount(), 1); // the first is chosen
        QVERIFY(!world.part<QPushButton>("snapshotDelete").isEnabled());
        QVERIFY(world.part<QPushButton>("snapshotRevert").isEnabled());
        QCOMPARE(world.part<QLabel>("snapshotsStatus").text(), world.machines.noted.kept[0].deleteRefusal);
        world.tree().setCurrentItem(world.tree().topLevelItem(0)->child(1));
        QVERIFY(world.part<QPushButton>("snapshotDelete").isEnabled());
    }

    void goesBackAndDeletesAfterAQuestion()
    {
        SnapshotWorld world;
        world.tab.present(world.box);
        QTRY_COMPARE(world.tree().topLevelItemCount(), 1);
        world.tree().setCurrentItem(world.tree().topLevelItem(0)->child(1));
        world.part<QPushButton>("snapshotRevert").click();
        QVERIFY(world.machines.noted.asked.isEmpty());
        world.part<QPushButton>("snapshotYes").click();
        QTRY_COMPARE(world.machines.noted.asked, QStringList{ QStringLiteral("revert three") });
        QTRY_VERIFY(world.tab.findChild<QPushButton*>(QStringLiteral("snapshotYes")) == nullptr);
        world.machines.noted.answer = Error{ ErrorCode::Busy, "somebody has it", 0, {} };
        world.part<QPushButton>("snapshotDelete").click();
        world.part<QPushButton>("snapshotYes").click();
        QTRY_COMPARE(world.machines.noted.asked.size(), 2);
        QTRY_VERIFY(world.part<QLabel>("snapshotsStatus").property("warning").toBool());
    }

    void takesOneWithOrWithoutMemory()
    {
        SnapshotWorld world;
        world.machines.noted.kept.clear();
        world.tab.present(world.box);
        QTRY_VERIFY(world.part<QPushButton>("snapshotTake").isEnabled());
        world.part<QPushButton>("snapshotTake").click();
        auto& accept = world.part<QPushButton>("snapshotDialogAccept");
        world.part<QLineEdit>("snapshotDialogName").setText(QStringLiteral("a/b"));
        QVERIFY(!accept.isEnabled());
        world.part<QLineEdit>("snapshotDialogName").setText(QStringLiteral("new"));
        world.part<QCheckBox>("snapshotDialogOutside").setChecked(true);
        world.part<QCheckBox>("snapshotDialogMemory").setChecked(false);
        accept.click();
        QTRY_COMPARE(world.machines.noted.requests.size(), std::size_t(1));
        QCOMPARE(world.machines.noted.requests[0].name, QStringLiteral("new"));
        QVERIFY(world.machines.noted.requests[0].place == SnapshotPlace::External);
        QVERIFY(world.machines.noted.requests[0].content == SnapshotRequest::Content::DisksOnly);
    }
};

QTEST_MAIN(SnapshotsTabTest)
#include "snapshots_tab_test.moc"
