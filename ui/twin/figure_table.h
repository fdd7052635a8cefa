// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"
#include "core/twin/report_pair.h"
#include "ui/twin/compared_workload.h"

#include <QStringList>

#include <optional>
#include <span>

namespace twinhull {

/// A figure as it is written in a table.
struct FigureCell {
    /// An emulated figure is struck: it says nothing about hardware. An interval is written more quietly than its
    /// figure.
    enum class Validity { Valid, Emulated, Interval };

    QString text; ///< empty where nothing could be read
    QString reason; ///< why it is absent or struck, or what it means; may be empty
    Validity validity = Validity::Valid;
    QString brief = {}; ///< stands where there is no text: "needs the memory controller"; may be empty
    QString narrow = {}; ///< the same in the width of a figure; empty: brief

    bool isFigure() const { return !text.isEmpty() && validity == Validity::Valid; }
    friend bool operator==(const FigureCell&, const FigureCell&) = default;
};

/// A table of figures: one column a workload (or a half of a twin), one row a figure, and the ratio of the second to
/// the first where there are exactly two columns.
struct FigureTable {
    enum class Details { None, Hidden, Shown }; ///< of a row that can be opened

    struct Row {
        QString title;
        QString explanation; ///< how it was read
        std::vector<FigureCell> cells; ///< as many as columns
        QString ratio;
        Details details = Details::None;
        std::optional<MetricGroup> group = {}; ///< what it belongs to; none: it stands by itself
        bool isHead = false; ///< of its group

        /// None of the workloads has it, and what it needs is to be read in full.
        bool isOfNone() const;
        friend bool operator==(const Row&, const Row&) = default;
    };

    QString caption; ///< "Same work, 8 runs"
    QStringList columns;
    std::vector<Row> rows;
    bool hasRatio = false;
};

/// What the workloads cost now.
FigureTable liveFigures(std::span<const ComparedWorkload> workloads);

/// "Container" and "VM" where it is one of each, else the names.
QStringList columnTitles(std::span<const ComparedWorkload> workloads);

/// One side of two reports: the medians of both, their difference, and below each its 95 % interval.
FigureTable pairFigures(const ReportPair& pair, ReportPair::Half half);

/// The medians of a comparison run, and below each its 95 % interval where there was more than one run.
FigureTable comparisonFigures(const Comparison& comparison);

} // namespace twinhull
