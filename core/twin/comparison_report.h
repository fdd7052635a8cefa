// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/report.h"

#include <QCoreApplication>

namespace twinhull {

struct FigureRow;

/// A comparison as people and programs read it.
///
/// JSON, `version` 2: `format` "twinhull-comparison", `created_at` (ISO 8601, UTC), `image`, `image_digest`, `work`,
/// `repeats`, `emulated` (true: cpu_seconds and work_ms of the VM say nothing about hardware), `machine` {kernel,
/// processor, cpus, memory_bytes, acceleration: "kvm"|"tcg"|null}, `container` and `vm` each {startup_ms,
/// memory_host_bytes, cpu_seconds, work_ms, disk_bytes: medians; `runs`: the same of every run and `marks` [{name, ms
/// since the request}]}, `overhead` (median over the rounds of VM minus container). A figure that could not be read is
/// null and `missing` beside it gives its reason by its name. Added to version 1: `statistics` {confidence, method,
/// resamples, seed}, `figures` by the same names {container, vm, difference, ratio: each {median, low, high, samples:
/// [...]} or null; finding: "more"|"less"|"not_shown"|"too_few"|"not_compared"; reason}, where difference and ratio are
/// VM to container round by round, `verdict`, the sentence, `warm_up_rounds` (made and left out), `caches`, and
/// `machine.facts` [{key, title, value or null, needs or null}]. In version 1 `overhead` was the difference of the
/// medians. Added later to version 2: `work_scale`, null or {unit, better: "higher"|"lower"|null, pattern or null} of
/// the figure that the work tells of itself; where it is not null, `work_figure` stands beside work_ms everywhere.
/// `both_as`, null or "container"|"vm" of an A against A run: `container` is its first and `vm` its second side then,
/// both of that kind. Each of `runs` has `other_cores`, the processors' worth of CPU time that other programs used
/// meanwhile, or null; `other_load` is its median by all processors (0 to 1) or null, `doubtful` whether that was too
/// much. `work_scale.turn_unit`, null or the unit of `work_p95`
/// and `work_p99`, which stand beside work_figure then. `cold_caches`, null or {container, vm: {bytes of the files
/// dropped from the page cache before each run, left_bytes: the most that stayed, unopened_files}}. Each of `runs` has
/// `definition_ms`, what libvirt took to define the VM before the request and no part of startup_ms, or null.
class ComparisonReport : public Report {
    Q_DECLARE_TR_FUNCTIONS(ComparisonReport)

public:
    static constexpr int kVersion = 2;

    explicit ComparisonReport(Comparison comparison);

    QByteArray toJson() const override;
    QString toText() const override; ///< a table, 80 columns wide where the figures allow it
    QString toHtml() const override;
    QString toSvg() const override; ///< the charts and the sentences

    /// One line a figure, side and counted round that has a value, after a line of column names. Figures are named as
    /// in JSON; the unit is in the name, of the work's own figure in the last column.
    QByteArray toCsv() const override;

private:
    QString heading() const;
    QString caveat() const;
    QString machineLine() const;
    QString runsLine() const;
    QString figureRow(const FigureRow& row) const; ///< of toHtml()
    QString figureTable() const;
    QString intervalLines() const;

    Comparison m_comparison;
};

} // namespace twinhull
