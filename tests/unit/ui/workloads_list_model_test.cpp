// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_list_model.h"
#include "ui/workloads/workload_proxy.h"
#include "tests/support/fake_provider.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/tool_tip.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace twinhull;
using test::FakeProvider;
using test::makeFrame;
using test::makeWorkload;

namespace {

constexpr double kMiB = 1024 * 1024;

/// The tree as text: header rows at the margin, workloads below them.
QStringList treeOf(const QAbstractItemModel& model)
{
    QStringList lines;
    for (int group = 0; group < model.rowCount(); ++group) {
        const QModelIndex header = model.index(group, 0);
        lines << header.data().toString().section(QStringLiteral("  ·"), 0, 0);
        for (int row = 0; row < model.rowCount(header); ++row) {
            const QModelIndex at = model.index(row, 0, header);
            lines << (QStringLiteral(" ") + at.data().toString() + u' ' + at.siblingAtColumn(1).data().toString());
            for (int replica = 0; replica < model.rowCount(at); ++replica)
                lines << QStringLiteral("  ") + model.index(replica, 0, at).data().toString();
        }
    }
    return lines;
}

WorkloadInfo twinHalf(WorkloadKind kind, const QString& name)
{
    WorkloadInfo info = makeWorkload(kind, name);
    info.twinGroup = name;
    return info;
}

} // namespace

class WorkloadListModelTest : public QObject {
    Q_OBJECT

    struct World {
        WorkloadRegistry registry;
        MetricRings rings;
        FakeProvider containers{ WorkloadKind::Container };
        FakeProvider vms{ WorkloadKind::Vm };
        WorkloadListModel model{ registry, rings };
        WorkloadProxy proxy{ model };
        QAbstractItemModelTester modelTester{ &model, QAbstractItemModelTester::FailureReportingMode::QtTest };
        QAbstractItemModelTester proxyTester{ &proxy, QAbstractItemModelTester::FailureReportingMode::QtTest };

        World()
        {
            registry.add(&containers);
            registry.add(&vms);
        }
        QString cell(const QString& name, int column, int role = Qt::DisplayRole)
        {
            for (const auto& info : registry.findByName(name))
                return model.indexOf(info.id).siblingAtColumn(column).data(role).toString();
            return {};
        }
    };

private Q_SLOTS:
    void showsWhatAProviderKnewBefore()
    {
        WorkloadRegistry registry;
        MetricRings rings;
        FakeProvider containers(WorkloadKind::Container);
        containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("web")));
        WorkloadListModel model(registry, rings);
        registry.add(&containers);
        QCOMPARE(treeOf(model), QStringList({ QStringLiteral("Workloads"), QStringLiteral(" web Container") }));
    }

    void explainsTheFiguresOfAColumnAndWhatAnAbsentOneNeeds()
    {
        World world;
        const auto header = [&world](int column) {
            return world.model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString();
        };
        QVERIFY(header(WorkloadListModel::MemoryColumn).contains(u"smaps_rollup"));
        QVERIFY(header(WorkloadListModel::DiskColumn).contains(u"io.stat"));
        QVERIFY(header(WorkloadListModel::NameColumn).isEmpty());
        const auto info = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        world.containers.put(info);
        MetricsFrame frame = makeFrame(1'000'000'000, info.id, 0.1, 1024);
        frame.points.front()[Metric::PssBytes] = Needs::SmapsRights; // resident memory does not take its place
        world.rings.append(frame);
        const int memory = WorkloadListModel::MemoryColumn;
        QCOMPARE(world.cell(QStringLiteral("web"), memory), noFigureText());
        const QString tip = world.cell(QStringLiteral("web"), memory, Qt::ToolTipRole);
        QVERIFY2(tip.startsWith(sentenceFor(Needs::SmapsRights)), qPrintable(tip));
    }

    void takesNoHalfForTheWholeOfASum()
    {
        World world;
        const auto info = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        world.containers.put(info);
        MetricsFrame frame = makeFrame(1'000'000'000, info.id, 0.1, 1024);
        frame.points.front()[Metric::NetworkReceiveRate] = 42'000;
        frame.points.front()[Metric::NetworkSendRate] = Needs::NetworkRights;
        world.rings.append(frame);
        const int network = WorkloadListModel::NetworkColumn;
        QCOMPARE(world.cell(QStringLiteral("web"), network), noFigureText());
        const QString tip = world.cell(QStringLiteral("web"), network, Qt::ToolTipRole);
        QVERIFY2(tip.startsWith(sentenceFor(Needs::NetworkRights)), qPrintable(tip));
        frame.monotonicNanoseconds += 1'000'000'000;
        frame.points.front()[Metric::NetworkSendRate] = 0;
        world.rings.append(frame);
        QCOMPARE(world.cell(QStringLiteral("web"), network), rateText(42'000));
    }

    void groupsTwinsAndPutsTheRestLast()
    {
        World world;
        world.vms.put(twinHalf(WorkloadKind::Vm, QStringLiteral("web")));
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("alone")));
        world.containers.put(twinHalf(WorkloadKind::Container, QStringLiteral("web")));
        QCOMPARE(treeOf(world.model),
            QStringList({ QStringLiteral("Twin: web"), QStringLiteral(" web Container"), QStringLiteral(" web VM"),
                QStringLiteral("Not in a twin"), QStringLiteral(" alone Container") }));
        QCOMPARE(treeOf(world.proxy), treeOf(world.model));
    }

    void putsTheVmsOfAnotherHostBelowItsName()
    {
        World world;
        WorkloadInfo far = makeWorkload(WorkloadKind::Vm, QStringLiteral("web"));
        far.id.key += QStringLiteral("@lab");
        world.vms.put(makeWorkload(WorkloadKind::Vm, QStringLiteral("web")));
        world.vms.put(far);
        QCOMPARE(treeOf(world.model),
            QStringList({ QStringLiteral("This computer"), QStringLiteral(" web VM"), QStringLiteral("Host lab"),
                QStringLiteral(" web VM") }));
        world.vms.drop(far.id);
        QCOMPARE(treeOf(world.model), QStringList({ QStringLiteral("Workloads"), QStringLiteral(" web VM") }));
    }

    void groupsTheContainersOfAnApplication()
    {
        World world;
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("alone")));
        auto web = makeWorkload(WorkloadKind::Container, QStringLiteral("shop-web-1"));
        web.labels.insert(QStringLiteral("com.docker.compose.project"), QStringLiteral("shop"));
        auto db = makeWorkload(WorkloadKind::Container, QStringLiteral("shop-db-1"), WorkloadState::Stopped);
        db.labels = web.labels;
        world.containers.put(web);
        world.containers.put(db);
        QCOMPARE(treeOf(world.model),
            QStringList({ QStringLiteral("Application: shop"), QStringLiteral(" shop-db-1 Container"),
                QStringLiteral(" shop-web-1 Container"), QStringLiteral("On their own"),
                QStringLiteral(" alone Container") }));
        const QModelIndex header = world.model.index(0, 0);
        QCOMPARE(header.data().toString(), QStringLiteral("Application: shop  ·  1 of 2 running"));
        QCOMPARE(world.model.indexOfApplication(QStringLiteral("shop")), header);
        QVERIFY(!world.model.indexOfApplication(QStringLiteral("alone")).isValid());
        QCOMPARE(world.model.workloadsAt(header).size(), std::size_t{ 2 }); // what is done with it is done with all
        web.health = Health::Unhealthy;
        db.state = WorkloadState::Running;
        world.containers.put(db);
        world.containers.put(web);
        QCOMPARE(header.data().toString(), QStringLiteral("Application: shop  ·  2 of 2 running  ·  1 unhealthy"));
    }

    /// One stands in the application itself; several have a header of their service, in the order of their numbers.
    void foldsTheContainersOfAService()
    {
        World world;
        const auto replica = [&world](const char* service, int number, WorkloadState state = WorkloadState::Running) {
            auto info = makeWorkload(
                WorkloadKind::Container, QStringLiteral("shop-%1-%2").arg(QLatin1String(service)).arg(number), state);
            info.labels.insert(QStringLiteral("com.docker.compose.project"), QStringLiteral("shop"));
            info.labels.insert(QStringLiteral("com.docker.compose.service"), QLatin1String(service));
            info.labels.insert(QStringLiteral("com.docker.compose.container-number"), QString::number(number));
            world.containers.put(info);
            return info;
        };
        const QString app = QStringLiteral("Application: shop");
        replica("db", 1);
        const auto tenth = replica("web", 10);
        QCOMPARE(treeOf(world.model),
            QStringList({ app, QStringLiteral(" shop-db-1 Container"), QStringLiteral(" shop-web-10 Container") }));
        const QPersistentModelIndex before = world.proxy.mapFromSource(world.model.indexOf(tenth.id));
        const auto second = replica("web", 2, WorkloadState::Stopped);
        QCOMPARE(QModelIndex(before), world.proxy.mapFromSource(world.model.indexOf(tenth.id))); // as for a selection
        const QStringList folded{ app, QStringLiteral(" shop-db-1 Container"),
            QStringLiteral(" web  ·  1 of 2 running "), QStringLiteral("  shop-web-2"),
            QStringLiteral("  shop-web-10") };
        QCOMPARE(treeOf(world.model), folded);
        world.proxy.sort(WorkloadListModel::NameColumn);
        QCOMPARE(treeOf(world.proxy), folded);
        const QModelIndex header = world.model.index(1, 0, world.model.index(0, 0));
        QVERIFY(world.model.workload(header) == nullptr && header.data(WorkloadListModel::HeaderRole).toBool());
        QCOMPARE(world.model.workloadsAt(header).size(), std::size_t{ 2 });
        QCOMPARE(world.model.workloadsAt(world.model.index(0, 0)).size(), std::size_t{ 3 });
        QCOMPARE(world.model.workloadCount(), 3);
        const QModelIndex at = world.model.indexOf(tenth.id);
        QCOMPARE(at.parent(), header);
        QCOMPARE(world.model.workload(at)->name, tenth.name);
        QVERIFY(!at.data(WorkloadListModel::HeaderRole).toBool());
        replica("web", 2); // it runs now
        QCOMPARE(header.data().toString(), QStringLiteral("web  ·  2 of 2 running"));
        QVERIFY(world.model.index(0, 0).data().toString().endsWith(QStringLiteral("3 of 3 running")));
        QSignalSpy changed(&world.model, &QAbstractItemModel::dataChanged);
        world.rings.append(makeFrame(1'000'000'000, tenth.id, 0.5, kMiB));
        QCOMPARE(changed.first()[1].toModelIndex().siblingAtColumn(0), header); // it is sorted by figures, too
        replica("web", 3);
        QCOMPARE(world.model.rowCount(header), 3);
        WorkloadFilter filter = WorkloadFilter::parse(QStringLiteral("web-3"));
        world.proxy.setFilter(filter);
        QCOMPARE(treeOf(world.proxy),
            QStringList({ app, QStringLiteral(" web  ·  3 of 3 running "), QStringLiteral("  shop-web-3") }));
        world.proxy.setFilter({});
        world.containers.drop({ WorkloadKind::Container, QStringLiteral("key-shop-web-3") });
        world.containers.drop(second.id);
        QCOMPARE(treeOf(world.model),
            QStringList({ app, QStringLiteral(" shop-db-1 Container"), QStringLiteral(" shop-web-10 Container") }));
        world.rings.append(makeFrame(2'000'000'000, tenth.id, 0.5, kMiB));
        world.containers.drop(tenth.id);
        world.containers.drop({ WorkloadKind::Container, QStringLiteral("key-shop-db-1") });
        QCOMPARE(world.model.rowCount(), 0);
    }

    /// A twin stays together in it, an application stays out of it.
    void foldsAGroupThatAPersonMade()
    {
        World world;
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("alone")));
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("db"), WorkloadState::Stopped));
        auto part = makeWorkload(WorkloadKind::Container, QStringLiteral("shop-db-1"));
        part.labels.insert(QStringLiteral("com.docker.compose.project"), QStringLiteral("shop"));
        world.containers.put(part);
        world.containers.put(twinHalf(WorkloadKind::Container, QStringLiteral("web")));
        world.vms.put(twinHalf(WorkloadKind::Vm, QStringLiteral("web")));
        auto far = makeWorkload(WorkloadKind::Vm, QStringLiteral("far"), WorkloadState::Failed);
        far.id.key += QStringLiteral("@lab");
        world.vms.put(far);
        const WorkloadId db{ WorkloadKind::Container, QStringLiteral("key-db") };
        const QString name = QStringLiteral("<b>Lab</b>");
        QHash<WorkloadId, QString> groups{ { db, name }, { part.id, name }, { far.id, name },
            { { WorkloadKind::Container, QStringLiteral("key-web") }, name },
            { { WorkloadKind::Vm, QStringLiteral("key-web") }, name } };
        world.registry.setGroups(groups);
        const QStringList folded{ QStringLiteral("Group: <b>Lab</b>"), QStringLiteral(" db Container"),
            QStringLiteral(" far VM"), QStringLiteral(" Twin: web  ·  nginx:1.25  ·  reading what both cost "),
            QStringLiteral("  web"), QStringLiteral("  web"), QStringLiteral("Application: shop"),
            QStringLiteral(" shop-db-1 Container"), QStringLiteral("On their own"),
            QStringLiteral(" alone Container") };
        QCOMPARE(treeOf(world.model), folded);
        QCOMPARE(treeOf(world.proxy), folded);
        const QModelIndex header = world.model.index(0, 0);
        QVERIFY(header.data().toString().endsWith(QStringLiteral("2 of 4 running  ·  1 failed")));
        QCOMPARE(header.data(Qt::ToolTipRole).toString(), toolTipOf(header.data().toString())); // no markup of a name's
        QCOMPARE(world.model.workloadsAt(header).size(), std::size_t{ 4 });
        auto frame = makeFrame(1'000'000'000, { WorkloadKind::Container, QStringLiteral("key-web") }, 0.003, kMiB);
        frame.points.push_back(
            makeFrame(1, { WorkloadKind::Vm, QStringLiteral("key-web") }, 0.003, 3 * kMiB).points.front());
        world.rings.append(frame);
        const QModelIndex twin = world.model.index(2, 0, header);
        QVERIFY2(twin.data().toString().contains(QStringLiteral("the VM costs")), qPrintable(twin.data().toString()));
        QCOMPARE(twin.data(WorkloadListModel::TwinGroupRole).toString(), QStringLiteral("web"));
        world.proxy.setFilter(WorkloadFilter::parse(QStringLiteral("group:lab state:stopped")));
        QCOMPARE(treeOf(world.proxy), folded.mid(0, 2));
        world.proxy.setFilter({});
        groups.remove(db); // it goes back to where it was
        world.registry.setGroups(groups);
        QCOMPARE(treeOf(world.model).last(), QStringLiteral(" db Container"));
        world.registry.setGroups({});
        QCOMPARE(treeOf(world.model),
            QStringList({ QStringLiteral("Twin: web"), QStringLiteral(" web Container"), QStringLiteral(" web VM"),
                QStringLiteral("Application: shop"), QStringLiteral(" shop-db-1 Container"),
                QStringLiteral("Not in a twin"), QStringLiteral(" alone Container"), QStringLiteral(" db Container"),
                QStringLiteral("Host lab"), QStringLiteral(" far VM") }));
    }

    // its halves run by turns: neither is missing
    void namesAComparisonAsSuch()
    {
        World world;
        auto half = makeWorkload(WorkloadKind::Container, QStringLiteral("mine"));
        half.twinGroup = QStringLiteral("comparison-4711");
        world.containers.put(half);
        QVERIFY(world.model.index(0, 0).data().toString().startsWith(QStringLiteral("Comparison  ·  ")));
        QVERIFY(!world.model.index(0, 0).data().toString().contains(QStringLiteral("gone")));
    }

    void movesAWorkloadThatIsRenamedOrPaired()
    {
        World world;
        auto info = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        world.containers.put(info);
        info.name = QStringLiteral("shop");
        info.twinGroup = QStringLiteral("shop");
        world.containers.put(info);
        QCOMPARE(treeOf(world.model), QStringList({ QStringLiteral("Twin: shop"), QStringLiteral(" shop Container") }));
        QCOMPARE(world.model.workloadCount(), 1);
    }

    void dropsTheHeaderWithItsLastRow()
    {
        World world;
        world.vms.put(twinHalf(WorkloadKind::Vm, QStringLiteral("web")));
        world.vms.drop({ WorkloadKind::Vm, QStringLiteral("key-web") });
        QCOMPARE(world.model.rowCount(), 0);
        QCOMPARE(world.proxy.rowCount(), 0);
    }

    void tellsWhatTheVmCostsMore()
    {
        World world;
        world.containers.put(twinHalf(WorkloadKind::Container, QStringLiteral("web")));
        world.vms.put(twinHalf(WorkloadKind::Vm, QStringLiteral("web")));
        auto frame = makeFrame(1'000'000'000, { WorkloadKind::Container, QStringLiteral("key-web") }, 0.003, 11 * kMiB);
        frame.points.push_back(
            makeFrame(1, { WorkloadKind::Vm, QStringLiteral("key-web") }, 0.021, 148 * kMiB).points.front());
        QVERIFY(world.model.index(0, 0).data().toString().endsWith(QStringLiteral("reading what both cost")));
        QSignalSpy changed(&world.model, &QAbstractItemModel::dataChanged);
        world.rings.append(frame);
        QCOMPARE(world.model.index(0, 0).data().toString(),
            QStringLiteral("Twin: web  ·  nginx:1.25  ·  the VM costs +137 MiB and +1.8 % CPU"));
        QCOMPARE(changed.last()[0].toModelIndex(), world.model.index(0, 0)); // painted across all columns
        QCOMPARE(changed.last()[1].toModelIndex(), world.model.index(0, WorkloadListModel::ColumnCount - 1));
        const QModelIndex vm = world.model.indexOf({ WorkloadKind::Vm, QStringLiteral("key-web") });
        QCOMPARE(vm.siblingAtColumn(WorkloadListModel::MemoryColumn).data(WorkloadListModel::NoteRole).toString(),
            QStringLiteral("+137 MiB"));
    }

    void saysNothingAboutCpuOfAnEmulatedTwin()
    {
        World world;
        world.containers.put(twinHalf(WorkloadKind::Container, QStringLiteral("web")));
        auto vm = twinHalf(WorkloadKind::Vm, QStringLiteral("web"));
        vm.engine = QStringLiteral("tcg");
        world.vms.put(vm);
        auto frame = makeFrame(1'000'000'000, { WorkloadKind::Container, QStringLiteral("key-web") }, 0.003, 11 * kMiB);
        frame.points.push_back(makeFrame(1, vm.id, 0.021, 148 * kMiB).points.front());
        world.rings.append(frame);
        QVERIFY(world.model.index(0, 0).data().toString().endsWith(QStringLiteral("the VM costs +137 MiB")));
    }

    void showsADashWhereNothingWasRead()
    {
        World world;
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("web"), WorkloadState::Stopped));
        for (int column = WorkloadListModel::CpuColumn; column < WorkloadListModel::ColumnCount; ++column)
            QCOMPARE(world.cell(QStringLiteral("web"), column), QStringLiteral("–"));
    }

    void tellsTheViewsOnlyOfRunningRows()
    {
        World world;
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("a"), WorkloadState::Stopped));
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("b")));
        QSignalSpy changed(&world.model, &QAbstractItemModel::dataChanged);
        world.rings.append(makeFrame(1'000'000'000, { WorkloadKind::Container, QStringLiteral("key-b") }, 0.5, kMiB));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].toModelIndex().row(), 1);
        QCOMPARE(changed[0][1].toModelIndex().row(), 1);
        world.model.setLive(false);
        changed.clear();
        world.rings.append(makeFrame(2'000'000'000, { WorkloadKind::Container, QStringLiteral("key-b") }, 0.5, kMiB));
        QCOMPARE(changed.count(), 0);
    }

    void filtersAndHidesEmptyGroups()
    {
        World world;
        world.containers.put(twinHalf(WorkloadKind::Container, QStringLiteral("web")));
        world.vms.put(twinHalf(WorkloadKind::Vm, QStringLiteral("web")));
        world.vms.put(makeWorkload(WorkloadKind::Vm, QStringLiteral("old"), WorkloadState::Failed));
        world.proxy.setFilter(WorkloadFilter::parse(QStringLiteral("state:failed")));
        QCOMPARE(treeOf(world.proxy), QStringList({ QStringLiteral("Not in a twin"), QStringLiteral(" old VM") }));
        world.proxy.setFilter(WorkloadFilter::parse(QStringLiteral("kind:vm web")));
        QCOMPARE(treeOf(world.proxy), QStringList({ QStringLiteral("Twin: web"), QStringLiteral(" web VM") }));
    }

    void sortsByFigureWithinGroups()
    {
        World world;
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("a")));
        world.containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("b")));
        auto frame = makeFrame(1'000'000'000, { WorkloadKind::Container, QStringLiteral("key-a") }, 0.1, kMiB);
        frame.points.push_back(
            makeFrame(1, { WorkloadKind::Container, QStringLiteral("key-b") }, 0.9, kMiB).points.front());
        world.rings.append(frame);
        world.proxy.sort(WorkloadListModel::CpuColumn, Qt::DescendingOrder);
        QCOMPARE(treeOf(world.proxy),
            QStringList(
                { QStringLiteral("Workloads"), QStringLiteral(" b Container"), QStringLiteral(" a Container") }));
    }
};

QTEST_MAIN(WorkloadListModelTest)
#include "workloads_list_model_test.moc"
