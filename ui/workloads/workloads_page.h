// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/create_form.h"
#include "ui/page/app_context.h"
#include "ui/page/page_bar.h"
#include "ui/workloads/workload_actions.h"
#include "ui/workloads/workload_list_model.h"
#include "ui/workloads/workload_proxy.h"

#include <QWidget>

class QSplitter;
class QStackedLayout;

namespace twinhull {

class DetailsPane;
class EmptyWorkloads;
class WorkloadTree;
class WorkloadsBar;

/// The list of all workloads with the details of the chosen one below it.
class WorkloadsPage : public QWidget, public PageBarSource {
    Q_OBJECT

public:
    explicit WorkloadsPage(AppContext& context, QWidget* parent = nullptr);
    ~WorkloadsPage() override;

    QWidget* pageBar() override;
    /// Chooses the first workload or application of that name, and the one that comes later under it.
    void select(const QString& name);
    void focusFilter();

Q_SIGNALS:
    /// `imageReference` may be empty.
    void newRequested(twinhull::NewWorkload kind, const QString& imageReference);
    void duplicateRequested(const twinhull::WorkloadPlan& plan, const QString& name); ///< one like that
    void composeRequested(); ///< an application of a Compose file
    void definitionRequested(); ///< a machine of its XML

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void connectTree();
    void connectBar();
    void chooseAll(const std::vector<WorkloadId>& ids); ///< that are shown
    void showContextMenu(const QPoint& at);
    /// Of the figure in that column, else of all of the row.
    void explainFigures(const QModelIndex& row, int column);
    void onSelectionChanged();
    void onGroupsChanged();
    void onMoved(const QModelIndex& parent, int row); ///< into a header, or out of one
    void onPlacingAnew();
    void onPlacedAnew();
    void setFilter(const WorkloadFilter& filter);
    bool isFiltering() const;
    void keepFolded(const QModelIndex& parent); ///< in m_folded
    bool isApplicationChosen() const;
    void showListOrEmpty();
    void startFirstTwin();
    void keepSplitter();

    AppContext& m_context;
    WorkloadListModel m_model;
    WorkloadProxy m_proxy;
    WorkloadActions* m_actions;
    WorkloadsBar* m_bar;
    WorkloadTree* m_tree;
    DetailsPane* m_details;
    EmptyWorkloads* m_empty;
    QSplitter* m_splitter;
    QStackedLayout* m_stack;
    QString m_wantedName;
    std::optional<std::vector<WorkloadId>> m_chosenBefore; ///< while a row is placed anew
    std::vector<QPersistentModelIndex> m_folded; ///< headers of the model, before there was a filter
};

} // namespace twinhull
