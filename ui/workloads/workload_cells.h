// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "core/workload/workload_info.h"
#include "ui/widgets/figure_explanation.h"

#include <QVariant>

namespace twinhull {

/// What the cells of the workload list say. Column numbers are WorkloadListModel::Column.

QString cellText(const MetricRings& rings, const WorkloadInfo& info, int column);
/// What the figures of a column mean and where they are read; empty for other columns.
QString columnExplanation(int column);
QString cellToolTip(const MetricRings& rings, const WorkloadInfo& info, int column);
/// What is said of a figure whose column it is, else of all figures of the row.
FigureExplanations cellExplanations(const MetricRings& rings, const WorkloadInfo& info, int column);
QVariant cellSortValue(const MetricRings& rings, const WorkloadInfo& info, int column);

/// "+137 MiB" beside the memory of a VM whose twin runs too; empty otherwise.
QString overheadNote(const MetricRings& rings, const WorkloadInfo& info, const std::vector<WorkloadInfo>& twin);

/// The header of a twin: "Twin: web · nginx:1.25 · the VM costs +137 MiB and +1.8 % CPU".
QString twinSentence(const MetricRings& rings, const QString& twinGroup, const std::vector<WorkloadInfo>& twin);

/// The header of an application: "Application: shop · 2 of 3 running · 1 unhealthy".
QString applicationSentence(const QString& project, const std::vector<WorkloadInfo>& containers);
/// The header of a group that a person made: "Group: Lab · 2 of 3 running".
QString groupSentence(const QString& group, const std::vector<WorkloadInfo>& members);
/// The header of a service of an application that has several: "web · 2 of 3 running".
QString serviceSentence(const QString& service, const std::vector<WorkloadInfo>& containers);

} // namespace twinhull
