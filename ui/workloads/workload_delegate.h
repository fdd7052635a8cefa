// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "ui/widgets/sparkline.h"

#include <QStyledItemDelegate>

namespace twinhull {

/// Paints the cells of the workload list: kind square, state dot with its word, sparkline with its figure, figures with
/// tabular digits at the right. Header rows are painted by WorkloadTree.
class WorkloadDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit WorkloadDelegate(const MetricRings& rings, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// The same text as long as that row is the same workload's and its figures look the same.
    QString lookOfFigures(const QModelIndex& row) const;

private:
    void paintName(QPainter& painter, const QRect& area, const QModelIndex& index) const;
    void paintState(QPainter& painter, const QRect& area, const QModelIndex& index) const;
    SparklineSpan sparklineSpan() const;
    void paintCpu(QPainter& painter, const QRect& area, const QModelIndex& index) const;
    void paintText(QPainter& painter, const QRect& area, const QModelIndex& index) const;
    void paintFigure(QPainter& painter, const QRect& area, const QModelIndex& index) const;

    const MetricRings& m_rings;
};

} // namespace twinhull
