// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workloads_page.h"

#include "core/compose/group_members.h"
#include "core/jobs/job_queue.h"
#include "core/settings/settings.h"
#include "ui/details/details_pane.h"
#include "ui/jobs/job_text.h"
#include "ui/jobs/retry.h"
#include "ui/workloads/empty_workloads.h"
#include "ui/workloads/first_twin.h"
#include "ui/workloads/leftovers_banner.h"
#include "ui/workloads/undo_bar.h"
#include "ui/workloads/workload_cells.h"
#include "ui/workloads/workload_delegate.h"
#include "ui/workloads/workload_tree.h"
#include "ui/workloads/workloads_bar.h"

#include <QHeaderView>
#include <QMenu>
#include <QSplitter>
#include <QStackedLayout>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace twinhull {

WorkloadsPage::WorkloadsPage(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(context.workloads, context.rings)
    , m_proxy(m_model)
    , m_actions(new WorkloadActions(context, this))
    , m_bar(new WorkloadsBar(*m_actions, this))
    , m_tree(new WorkloadTree(this))
    , m_details(new DetailsPane(context, this))
    , m_empty(new EmptyWorkloads(this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_stack(new QStackedLayout)
{
    setObjectName(QStringLiteral("workloadsPage"));
    m_tree->setItemDelegate(new WorkloadDelegate(context.rings, m_tree));
    m_tree->setModel(&m_proxy);
    m_splitter->setObjectName(QStringLiteral("workloadsSplitter"));
    m_splitter->addWidget(m_tree);
    m_splitter->addWidget(m_details);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setSizes({ 356, 288 }); // of 720; all of the overview is seen
    setFocusProxy(m_tree);
    m_splitter->restoreState(context.settings.value(setting::kWorkloadsSplitter));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(new LeftoversBanner(context, this));
    rows->addLayout(m_stack, 1);
    auto* undo = new UndoBar(context, this);
    rows->addWidget(undo);
    connect(m_actions, &WorkloadActions::discarded, undo, &UndoBar::offer);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_splitter);
    connect(m_splitter, &QSplitter::splitterMoved, this, &WorkloadsPage::keepSplitter);
    connectTree();
    connectBar();
    showListOrEmpty();
    onSelectionChanged();
}

WorkloadsPage::~WorkloadsPage()
{
    m_tree->setModel(nullptr); // the proxy dies before the view, which is a child
}

QWidget* WorkloadsPage::pageBar()
{
    return m_bar;
}

void WorkloadsPage::connectTree()
{
    connect(m_tree, &QWidget::customContextMenuRequested, this, &WorkloadsPage::showContextMenu);
    addExplainAction(*m_tree, std::function<void()>([this] { explainFigures(m_tree->currentIndex(), -1); }));
    connect(m_tree, &QAbstractItemView::activated, m_details, [this] { m_details->setFocus(Qt::OtherFocusReason); });
    for (QAction* action :
        { &m_actions->changes().restart(), &m_actions->changes().rename(), &m_actions->changes().bin() }) {
        action->setShortcutContext(Qt::WidgetShortcut);
        m_tree->addAction(action);
    }
    connect(m_tree, &WorkloadTree::removeRequested, &m_actions->remove(), &QAction::trigger);
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, &WorkloadsPage::onSelectionChanged);
    connect(&m_model, &WorkloadListModel::figuresMoved, m_tree, &WorkloadTree::repaintFigures);
    const auto tellAsSorted = [this] {
        m_model.setTelling(m_tree->isSortedByFigures() ? WorkloadListModel::Telling::EveryRow
                                                       : WorkloadListModel::Telling::FiguresMoved);
    };
    connect(m_tree->header(), &QHeaderView::sortIndicatorChanged, this, tellAsSorted);
    tellAsSorted();
    for (auto change : { &QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved }) // after the proxy
        connect(&m_model, change, this, &WorkloadsPage::onGroupsChanged, Qt::QueuedConnection);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &WorkloadsPage::showListOrEmpty);
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, &WorkloadsPage::showListOrEmpty);
    connect(&m_model, &QAbstractItemModel::rowsMoved, this,
        [this](const QModelIndex&, int, int, const QModelIndex& parent, int row) { onMoved(parent, row); });
    connect(&m_model, &WorkloadListModel::placingAnew, this, &WorkloadsPage::onPlacingAnew);
    connect(&m_model, &WorkloadListModel::placedAnew, this, &WorkloadsPage::onPlacedAnew);
    connect(&m_proxy, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex& parent, int first, int last) {
        for (int row = first; isFiltering() && row <= last; ++row)
            m_tree->expandRecursively(m_proxy.index(row, 0, parent));
    });
}

void WorkloadsPage::connectBar()
{
    connect(m_bar, &WorkloadsBar::filterChanged, this,
        [this](const QString& text) { setFilter(WorkloadFilter::parse(text)); });
    connect(m_bar, &WorkloadsBar::filterLeft, m_tree, [this] { m_tree->setFocus(Qt::OtherFocusReason); });
    connect(
        m_bar, &WorkloadsBar::newContainerRequested, this, [this] { Q_EMIT newRequested(NewWorkload::Container, {}); });
    connect(m_bar, &WorkloadsBar::newVmRequested, this, [this] { Q_EMIT newRequested(NewWorkload::Vm, {}); });
    connect(m_bar, &WorkloadsBar::newTwinRequested, this, [this] { Q_EMIT newRequested(NewWorkload::Twin, {}); });
    connect(m_bar, &WorkloadsBar::composeRequested, this, &WorkloadsPage::composeRequested);
    connect(m_bar, &WorkloadsBar::definitionRequested, this, &WorkloadsPage::definitionRequested);
    connect(m_actions, &WorkloadActions::twinRequested, this,
        [this](const QString& image) { Q_EMIT newRequested(NewWorkload::Twin, image); });
    connect(&m_actions->group(), &GroupAction::moved, this, &WorkloadsPage::chooseAll);
    connect(&m_actions->changes(), &ChangeActions::duplicateRequested, this, &WorkloadsPage::duplicateRequested);
    connect(m_empty, &EmptyWorkloads::newRequested, this, [this] { Q_EMIT newRequested(NewWorkload::Container, {}); });
    connect(m_empty, &EmptyWorkloads::firstTwinRequested, this, &WorkloadsPage::startFirstTwin);
}

void WorkloadsPage::focusFilter()
{
    m_bar->focusFilter();
}

void WorkloadsPage::select(const QString& name)
{
    m_wantedName = name;
    const auto found = m_context.workloads.findByName(name);
    const QModelIndex at
        = m_proxy.mapFromSource(found.empty() ? m_model.indexOfApplication(name) : m_model.indexOf(found.front().id));
    if (!at.isValid())
        return;
    m_wantedName.clear();
    for (QModelIndex header = at.parent(); header.isValid(); header = header.parent())
        m_tree->expand(header);
    m_tree->setCurrentIndex(at);
}

void WorkloadsPage::chooseAll(const std::vector<WorkloadId>& ids)
{
    QItemSelection rows;
    for (const WorkloadId& id : ids) {
        const QModelIndex at = m_proxy.mapFromSource(m_model.indexOf(id));
        for (QModelIndex header = at.parent(); header.isValid(); header = header.parent())
            m_tree->expand(header);
        if (at.isValid())
            rows.select(at, at);
    }
    if (rows.isEmpty())
        return;
    m_tree->setCurrentIndex(rows.first().topLeft());
    m_tree->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void WorkloadsPage::showContextMenu(const QPoint& at)
{
    if (m_actions->selection().empty())
        return;
    auto* menu = new QMenu(m_tree);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_actions->fillContextMenu(*menu);
    const QPersistentModelIndex cell(m_tree->indexAt(at));
    auto* explain = new QAction(tr("What is this figure?"), menu);
    connect(explain, &QAction::triggered, this, [this, cell] { explainFigures(cell, cell.column()); });
    explain->setObjectName(QStringLiteral("explainFigures"));
    const auto actions = menu->actions();
    const auto line = std::find_if(actions.rbegin(), actions.rend(), [](QAction* each) { return each->isSeparator(); });
    QAction* end = line == actions.rend() ? nullptr : *line; // above Delete, which stays last
    menu->insertAction(end, explain);
    menu->insertSeparator(explain);
    explain->setEnabled(m_model.workload(m_proxy.mapToSource(cell)) != nullptr);
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

void WorkloadsPage::explainFigures(const QModelIndex& row, int column)
{
    const WorkloadInfo* info = m_model.workload(m_proxy.mapToSource(row));
    if (info == nullptr) // a header
        return;
    const int shown = std::max(column, 0);
    FigurePopover::open(cellExplanations(m_context.rings, *info, column), *m_tree->viewport(),
        m_tree->visualRect(row.siblingAtColumn(shown)));
}

/// Else another would be chosen in its place, and the next key would be for that.
void WorkloadsPage::onPlacingAnew()
{
    m_chosenBefore.emplace();
    for (const QModelIndex& row : m_tree->selectionModel()->selectedRows()) {
        if (const WorkloadInfo* info = m_model.workload(m_proxy.mapToSource(row)))
            m_chosenBefore->push_back(info->id);
    }
}

void WorkloadsPage::onPlacedAnew()
{
    const auto chosen = *std::exchange(m_chosenBefore, std::nullopt);
    if (!chosen.empty())
        chooseAll(chosen);
    showListOrEmpty();
    onSelectionChanged();
}

void WorkloadsPage::onSelectionChanged()
{
    if (m_chosenBefore)
        return;
    std::vector<WorkloadInfo> chosen;
    for (const QModelIndex& row : m_tree->selectionModel()->selectedRows()) {
        for (WorkloadInfo& info : m_model.workloadsAt(m_proxy.mapToSource(row))) {
            const auto isSame = [&info](const WorkloadInfo& own) { return own.id == info.id; };
            if (std::none_of(chosen.begin(), chosen.end(), isSame))
                chosen.push_back(std::move(info));
        }
    }
    if (chosen.empty())
        m_details->clear();
    else
        m_details->setWorkload(chosen.front().id, isApplicationChosen() ? chosen : std::vector<WorkloadInfo>());
    m_actions->setSelection(std::move(chosen));
}

/// A header that is chosen stands for all that is below it, also for what comes and goes.
void WorkloadsPage::onGroupsChanged()
{
    const QModelIndexList rows = m_tree->selectionModel()->selectedRows();
    const auto isHeader = [](const QModelIndex& row) { return row.data(WorkloadListModel::HeaderRole).toBool(); };
    if (std::any_of(rows.begin(), rows.end(), isHeader))
        onSelectionChanged();
}

/// The proxy has told that all may be another now, of which no selection hears.
void WorkloadsPage::onMoved(const QModelIndex& parent, int row)
{
    const QModelIndex moved = m_proxy.mapFromSource(m_model.index(row, 0, parent));
    const bool isCurrent = moved.isValid() && m_tree->currentIndex().siblingAtColumn(0) == moved;
    if (moved.isValid() && parent.parent().isValid() && (isCurrent || isFiltering()))
        m_tree->expand(moved.parent());
    if (moved.isValid() && !m_tree->currentIndex().isValid()) // the header was chosen
        m_tree->setCurrentIndex(moved);
    onSelectionChanged();
}

bool WorkloadsPage::isFiltering() const
{
    return !m_proxy.filter().isEmpty();
}

void WorkloadsPage::keepFolded(const QModelIndex& parent)
{
    for (int row = 0; row < m_proxy.rowCount(parent); ++row) {
        const QModelIndex at = m_proxy.index(row, 0, parent);
        if (!m_proxy.hasChildren(at))
            continue;
        if (!m_tree->isExpanded(at))
            m_folded.emplace_back(m_proxy.mapToSource(at));
        keepFolded(at);
    }
}

/// What matches is seen, also in what a person has folded, which is folded again afterwards.
void WorkloadsPage::setFilter(const WorkloadFilter& filter)
{
    const bool wasFiltering = isFiltering();
    if (!wasFiltering)
        keepFolded({});
    m_proxy.setFilter(filter);
    if (wasFiltering || isFiltering())
        m_tree->expandAll();
    if (isFiltering())
        return;
    for (const auto& header : std::exchange(m_folded, {}))
        m_tree->collapse(m_proxy.mapFromSource(header));
}

/// The header of one application, or of a service of it, and nothing else.
bool WorkloadsPage::isApplicationChosen() const
{
    const QModelIndexList rows = m_tree->selectionModel()->selectedRows();
    const QModelIndex row = rows.size() == 1 ? m_proxy.mapToSource(rows.front()) : QModelIndex();
    const auto all = m_model.workload(row) == nullptr ? m_model.workloadsAt(row) : std::vector<WorkloadInfo>();
    return !all.empty() && isOfApplication(all.front());
}

void WorkloadsPage::showListOrEmpty()
{
    if (m_chosenBefore)
        return;
    m_stack->setCurrentWidget(m_model.workloadCount() == 0 ? static_cast<QWidget*>(m_empty) : m_splitter);
    if (m_model.workloadCount() == 0)
        return;
    if (!m_wantedName.isEmpty())
        select(m_wantedName);
    else if (!m_tree->selectionModel()->hasSelection()) {
        const QModelIndex first = m_proxy.index(0, 0, m_proxy.index(0, 0));
        if (first.isValid())
            m_tree->setCurrentIndex(first);
    }
}

void WorkloadsPage::startFirstTwin()
{
    Job* job = submitWithRetry(m_context.jobs, [&context = m_context] { return makeFirstTwin(context); });
    const auto tell = [this, job] { m_empty->setBusy(job->isFinished() ? QString() : jobStepText(*job)); };
    connect(job, &Job::stepChanged, m_empty, tell);
    connect(job, &Job::finished, m_empty, tell);
    tell();
}

void WorkloadsPage::keepSplitter()
{
    m_context.settings.setValue(setting::kWorkloadsSplitter, m_splitter->saveState());
}

void WorkloadsPage::showEvent(QShowEvent* event)
{
    m_model.setLive(true);
    QWidget::showEvent(event);
}

void WorkloadsPage::hideEvent(QHideEvent* event)
{
    m_model.setLive(false);
    QWidget::hideEvent(event);
}

} // namespace twinhull
