// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

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
    explicit CompareBar(QWidget* parent = nullptr);

    /// All workloads there are, and those on the plots in their order.
    void setWorkloads(const std::vector<WorkloadInfo>& all, const std::vector<WorkloadInfo>& chosen);
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

    QToolButton* m_add;
    QMenu* m_addMenu;
    QHBoxLayout* m_chipRow;
    std::vector<QToolButton*> m_chips;
    std::vector<QAction*> m_reportActions;
};

} // namespace twinhull
