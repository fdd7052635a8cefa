// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/comparison.h"

#include <QByteArray>
#include <QCoreApplication>

namespace twinhull {

/// A comparison as people and programs read it.
///
/// JSON, `version` 1: `format` "twinhull-comparison", `created_at` (ISO 8601, UTC), `image`, `image_digest`, `work`,
/// `repeats`, `emulated` (true: cpu_seconds and work_ms of the VM say nothing about hardware), `machine` {kernel,
/// processor, cpus, memory_bytes, acceleration: "kvm"|"tcg"|null}, `container` and `vm` each {startup_ms,
/// memory_host_bytes, cpu_seconds, work_ms, disk_bytes: medians; `runs`: the same of every run and `marks` [{name, ms
/// since the request}]}, `overhead` (VM minus container, of the medians). A figure that could not be read is null and
/// `missing` beside it gives its reason by its name.
class ComparisonReport {
    Q_DECLARE_TR_FUNCTIONS(ComparisonReport)

public:
    static constexpr int kVersion = 1;

    explicit ComparisonReport(Comparison comparison);

    QByteArray toJson() const;
    QString toText() const; ///< a table for a terminal, 80 columns where the figures allow it
    QString toHtml() const; ///< one file without references to others, light and dark

    /// By the file's ending: .json or .html; anything else is InvalidArgument. Blocks for one small file.
    Result<> write(const QString& path) const;

private:
    QString summary() const;
    QString caveat() const;
    QString machineLine() const;
    QString runsLine() const;
    QString startupBars() const;
    QString memoryBars() const;
    QString figureTable() const;

    Comparison m_comparison;
};

} // namespace twinhull
