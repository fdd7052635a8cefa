// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_tree.h"

#include "tests/support/fake_provider.h"
#include "tests/support/metric_frames.h"
#include "ui/theme/theme.h"
#include "ui/workloads/workload_delegate.h"
#include "ui/workloads/workload_list_model.h"
#include "ui/workloads/workload_proxy.h"

#include <QHeaderView>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QSignalSpy>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// What of a widget is painted.
class PaintWatch : public QObject {
public:
    explicit PaintWatch(QWidget& widget) { widget.installEventFilter(this); }

    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint)
            m_painted += static_cast<QPaintEvent*>(event)->region();
        return false;
    }
    QRegion take()
    {
        QTest::qWait(50);
        return std::exchange(m_painted, {});
    }

private:
    QRegion m_painted;
};

}

class WorkloadTreeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void repaintsTheRowsWhoseFiguresLookDifferent()
    {
        Theme::current().apply(ThemeMode::Light);
        MetricRings rings;
        WorkloadRegistry registry;
        FakeProvider provider(WorkloadKind::Container);
        registry.add(&provider);
        const WorkloadInfo calm = makeWorkload(WorkloadKind::Container, QStringLiteral("calm"));
        const WorkloadInfo lively = makeWorkload(WorkloadKind::Container, QStringLiteral("lively"));
        provider.put(calm);
        provider.put(lively);
        WorkloadListModel model(registry, rings);
        model.setTelling(WorkloadListModel::Telling::FiguresMoved);
        WorkloadProxy proxy(model);
        WorkloadTree tree;
        tree.setItemDelegate(new WorkloadDelegate(rings, &tree));
        tree.setModel(&proxy);
        connect(&model, &WorkloadListModel::figuresMoved, &tree, &WorkloadTree::repaintFigures);
        double memory = 1 << 20;
        const auto tick = [&](int count) {
            appendTicks(rings, { calm.id, lively.id }, count, [&](MetricPoint& point, int) {
                setValue(point, Metric::CpuCores, 0.001);
                setValue(point, Metric::PssBytes, point.id == lively.id ? memory : 1 << 20);
            });
        };
        tick(70); // a whole minute
        tree.resize(1200, 400);
        tree.show();
        QVERIFY(QTest::qWaitForWindowExposed(&tree));
        PaintWatch watch(*tree.viewport());
        tick(1);
        (void)watch.take();
        tick(1);
        QVERIFY2(watch.take().isEmpty(), "nothing looks different");
        memory = 5 << 20;
        tick(1);
        const QRegion painted = watch.take();
        QVERIFY(painted.intersects(areaOf(tree, proxy.mapFromSource(model.indexOf(lively.id)))));
        QVERIFY(!painted.intersects(areaOf(tree, proxy.mapFromSource(model.indexOf(calm.id)))));
    }

    /// No column is left far from the others in a wide window; what a person chose stays.
    void columnsShareAWideWindow()
    {
        MetricRings rings;
        WorkloadRegistry registry;
        WorkloadListModel model(registry, rings);
        WorkloadProxy proxy(model);
        WorkloadTree tree;
        tree.setModel(&proxy);
        tree.resize(1900, 400);
        tree.show();
        QVERIFY(QTest::qWaitForWindowExposed(&tree));
        const QHeaderView& header = *tree.header();
        QTRY_COMPARE(header.length(), tree.viewport()->width());
        QVERIFY(header.sectionSize(WorkloadListModel::UpColumn) < header.sectionSize(WorkloadListModel::StateColumn));
        QVERIFY(header.sectionSize(WorkloadListModel::NameColumn) > 300);
        tree.header()->resizeSection(WorkloadListModel::NameColumn, 250);
        tree.resize(1800, 400);
        QTRY_COMPARE(header.length(), tree.viewport()->width());
        QCOMPARE(header.sectionSize(WorkloadListModel::NameColumn), 250);
        tree.setModel(nullptr);
    }

    /// The menu that another button asks for is about the row; two quick presses fold and unfold.
    void theArrowOfAHeaderFoldsWithTheLeftButtonAlone()
    {
        MetricRings rings;
        WorkloadRegistry registry;
        FakeProvider provider(WorkloadKind::Container);
        registry.add(&provider);
        provider.put(makeWorkload(WorkloadKind::Container, QStringLiteral("web")));
        WorkloadListModel model(registry, rings);
        WorkloadProxy proxy(model);
        WorkloadTree tree;
        tree.setItemDelegate(new WorkloadDelegate(rings, &tree));
        tree.setModel(&proxy);
        tree.show();
        QVERIFY(QTest::qWaitForWindowExposed(&tree));
        const QModelIndex header = proxy.index(0, 0);
        const QPoint arrow(6, tree.visualRect(header).center().y());
        QTest::mouseClick(tree.viewport(), Qt::RightButton, {}, arrow);
        QVERIFY(tree.isExpanded(header));
        QCOMPARE(tree.currentIndex().siblingAtColumn(0), header);
        QSignalSpy activated(&tree, &QAbstractItemView::activated);
        QTest::mouseClick(tree.viewport(), Qt::LeftButton, {}, arrow);
        QVERIFY(!tree.isExpanded(header));
        QMouseEvent second(QEvent::MouseButtonDblClick, arrow, tree.viewport()->mapToGlobal(arrow), Qt::LeftButton,
            Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(tree.viewport(), &second);
        QVERIFY(tree.isExpanded(header));
        QCOMPARE(activated.count(), 0);
        tree.setModel(nullptr);
    }

private:
    static QRect areaOf(const WorkloadTree& tree, const QModelIndex& row)
    {
        return tree.visualRect(row.siblingAtColumn(WorkloadListModel::MemoryColumn));
    }
};

QTEST_MAIN(WorkloadTreeTest)
#include "workloads_tree_test.moc"
