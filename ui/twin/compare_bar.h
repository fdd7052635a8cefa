// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"

#include <QWidget>

#include <vector>

class QHBoxLayout;
class QMenu;
class QToolButton;

namespace twinhull {

enum class CompareExport { Picture, ReadingsCsv, ReadingsJson, ReportHtml, ReportJson, ReportCsv, ReportPicture };

/// What the Compare page shows in the top bar: run a comparison, the chosen workloads as chips, export.
class CompareBar : public QWidget {
    Q_OBJECT

public:
    /// The registry must outlive this.
    explicit CompareBar(const WorkloadRegistry& workloads, QWidget* parent = nullptr);

    /// Those on the plots in their order; all others can be added.
    void setChosen(const std::vector<WorkloadInfo>& chosen);
    void setReportAvailable(bool isAvailable);

Q_SIGNALS:
    void runRequested();
    void reportsRequested();
    void addRequested(const twinhull::WorkloadId& id);
    void removeRequested(const twinhull::WorkloadId& id);
    void exportRequested(twinhull::CompareExport what);

private:
    QMenu* makeExportMenu();
    QToolButton* makeChip(const WorkloadInfo& info, int ordinal);
    void fillAddMenu();

    const WorkloadRegistry& m_workloads;
    std::vector<WorkloadId> m_chosen;
    QToolButton* m_add;
    QMenu* m_addMenu;
    QHBoxLayout* m_chipRow;
    std::vector<QToolButton*> m_chips;
    std::vector<QAction*> m_reportActions;
};

} // namespace twinhull
