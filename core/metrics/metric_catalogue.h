// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric.h"
#include "core/workload/workload_id.h"

#include <QString>

#include <span>

namespace twinhull {

enum class MetricUnit { Cores, Bytes, BytesPerSecond, PerSecond, Seconds, Share, Percent, Tasks };
enum class MetricSide { Host, Guest }; ///< who is asked: this computer, or the inside of a workload
enum class MetricKind { Level, Rate, Share };
enum class MetricGroup { Cpu, Waiting, Memory, Disk, Network, Guest }; ///< what belongs together where one chooses

/// What a figure is: the words beside it wherever it is shown.
struct FigureInfo {
    const char* key; ///< stable, snake_case, ends in the unit: a column, a JSON key, a Prometheus name
    MetricUnit unit;
    MetricSide side;
    MetricKind kind;
    const char* heading; ///< of a narrow column: "PSS"
    const char* title; ///< for tr() in context "Metrics", as the next two
    const char* meaning; ///< one sentence
    const char* source; ///< the files and fields, or the call
};

struct MetricRow {
    Metric metric;
    FigureInfo about;
};
struct HostMetricRow {
    HostMetric metric;
    FigureInfo about;
};

/// In the order of the enums, which is the order in which people read them. Everything that shows, writes or explains
/// a figure of a workload or of this computer takes its name, unit, meaning and source from here.
std::span<const MetricRow> metricCatalogue();
std::span<const HostMetricRow> hostMetricCatalogue();
const FigureInfo& about(Metric metric);
const FigureInfo& about(HostMetric metric);

/// Told by the inside of a workload, not counted by this computer: the two are not comparable. `Figures` is a
/// MetricPoint, or what was made of one.
template <typename Figures>
bool isGuestsWord(const Figures& figures, Metric metric)
{
    const bool isNetwork = metric == Metric::NetworkReceiveRate || metric == Metric::NetworkSendRate
        || metric == Metric::NetworkReceivePacketRate || metric == Metric::NetworkSendPacketRate;
    const bool isInside = about(metric).side == MetricSide::Guest;
    return (isInside && figures.kind() == WorkloadKind::Vm) || (isNetwork && figures.isNetworkGuestView);
}

/// The guest's side is a group of its own.
MetricGroup groupOf(Metric metric);

/// Translated.
QString titleOf(MetricGroup group);
QString titleOf(const FigureInfo& about);
QString meaningOf(const FigureInfo& about);
QString sourceOf(const FigureInfo& about);
/// Meaning, unit, how it is computed, whose word it is, and source, a line each: for whoever asks.
QString explanationOf(const FigureInfo& about);

/// Stable words for files: "cores", "bytes", "bytes_per_second", "per_second", "seconds", "share", "percent", "tasks";
/// "host", "guest"; "level", "rate", "share".
const char* nameOf(MetricUnit unit);
const char* nameOf(MetricSide side);
const char* nameOf(MetricKind kind);

} // namespace twinhull
