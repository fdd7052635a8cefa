// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_catalogue.h"

#include "core/metrics/metric_rows_cpu.h"
#include "core/metrics/metric_rows_disk.h"
#include "core/metrics/metric_rows_guest.h"
#include "core/metrics/metric_rows_host.h"
#include "core/metrics/metric_rows_memory.h"
#include "core/metrics/metric_rows_network.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

namespace {

/// The rows of several concerns behind one another.
template <typename... Rows>
constexpr auto joined(const Rows&... parts)
{
    std::array<MetricRow, (std::tuple_size_v<Rows> + ...)> rows{};
    std::size_t next = 0;
    const auto append = [&](const auto& part) {
        for (const MetricRow& row : part)
            rows[next++] = row;
    };
    (append(parts), ...);
    return rows;
}

constexpr std::array<MetricRow, kMetricCount> kCatalogue
    = joined(kCpuRows, kMemoryRows, kDiskRows, kNetworkRows, kGuestRows);
constexpr std::array<HostMetricRow, kHostMetricCount> kHostCatalogue = kHostRows;

template <typename Rows>
constexpr bool isInOrderOfItsEnum(const Rows& rows)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].metric) != i)
            return false;
    }
    return true;
}
static_assert(isInOrderOfItsEnum(kCatalogue) && isInOrderOfItsEnum(kHostCatalogue)); // about() finds by number

QString tr(const char* text)
{
    return QCoreApplication::translate("Metrics", text);
}

QString unitSentence(MetricUnit unit)
{
    switch (unit) {
    case MetricUnit::Cores:
        return tr("Unit: cores; 1 % is a hundredth of one core.");
    case MetricUnit::Bytes:
        return tr("Unit: bytes; 1 MiB is 1,048,576 of them.");
    case MetricUnit::BytesPerSecond:
        return tr("Unit: bytes per second; 1 MB/s is 1,000,000 of them.");
    case MetricUnit::PerSecond:
        return tr("Unit: times per second.");
    case MetricUnit::Seconds:
        return tr("Unit: seconds; 1 ms is a thousandth of one.");
    case MetricUnit::Share:
        return tr("Unit: percent of all processors.");
    case MetricUnit::Percent:
        return tr("Unit: percent of the time.");
    case MetricUnit::Tasks:
        return tr("Unit: tasks, which are processes and their threads.");
    }
    return {};
}

QString computationSentence(const FigureInfo& about)
{
    switch (about.kind) {
    case MetricKind::Level:
        return tr("Computed: as it was at its latest reading.");
    case MetricKind::Rate:
        return about.unit == MetricUnit::Seconds
            ? tr("Computed: what its source grew by between two readings, for each request.")
            : tr("Computed: what its source grew by between two readings, divided by the time between them.");
    case MetricKind::Share:
        return about.unit == MetricUnit::Percent ? tr("Computed: by the kernel, over the time that its meaning tells.")
                                                 : tr("Computed: the part of the time between two readings.");
    }
    return {};
}

} // namespace

std::span<const MetricRow> metricCatalogue()
{
    return kCatalogue;
}

std::span<const HostMetricRow> hostMetricCatalogue()
{
    return kHostCatalogue;
}

const FigureInfo& about(Metric metric)
{
    return kCatalogue.at(static_cast<std::size_t>(metric)).about;
}

const FigureInfo& about(HostMetric metric)
{
    return kHostCatalogue.at(static_cast<std::size_t>(metric)).about;
}

MetricGroup groupOf(Metric metric)
{
    switch (metric) {
    case Metric::StolenCores:
    case Metric::ThrottledCores:
    case Metric::CpuPressure:
    case Metric::CpuFullPressure:
    case Metric::MemoryPressure:
    case Metric::MemoryFullPressure:
    case Metric::DiskBlockedCores:
    case Metric::IoPressure:
    case Metric::IoFullPressure:
        return MetricGroup::Waiting;
    default:
        break;
    }
    if (metric < Metric::ResidentBytes)
        return MetricGroup::Cpu;
    if (metric < Metric::DiskReadRate)
        return MetricGroup::Memory;
    if (metric < Metric::NetworkReceiveRate)
        return MetricGroup::Disk;
    return metric < Metric::GuestCpuCores ? MetricGroup::Network : MetricGroup::Guest;
}

QString titleOf(MetricGroup group)
{
    switch (group) {
    case MetricGroup::Cpu:
        return tr("CPU time");
    case MetricGroup::Waiting:
        return tr("Waiting");
    case MetricGroup::Memory:
        return tr("Memory");
    case MetricGroup::Disk:
        return tr("Disk");
    case MetricGroup::Network:
        return tr("Network");
    case MetricGroup::Guest:
        return tr("Guest view");
    }
    return {};
}

QString titleOf(const FigureInfo& about)
{
    return tr(about.title);
}

QString meaningOf(const FigureInfo& about)
{
    return tr(about.meaning);
}

QString sourceOf(const FigureInfo& about)
{
    return tr(about.source);
}

QString explanationOf(const FigureInfo& about)
{
    const QString source = about.side == MetricSide::Guest ? tr("Source, the guest's word: %1.") : tr("Source: %1.");
    return QStringList{ meaningOf(about), unitSentence(about.unit), computationSentence(about),
        source.arg(sourceOf(about)) }
        .join(u'\n');
}

const char* nameOf(MetricUnit unit)
{
    switch (unit) {
    case MetricUnit::Cores:
        return "cores";
    case MetricUnit::Bytes:
        return "bytes";
    case MetricUnit::BytesPerSecond:
        return "bytes_per_second";
    case MetricUnit::PerSecond:
        return "per_second";
    case MetricUnit::Seconds:
        return "seconds";
    case MetricUnit::Share:
        return "share";
    case MetricUnit::Percent:
        return "percent";
    case MetricUnit::Tasks:
        return "tasks";
    }
    return "";
}

const char* nameOf(MetricSide side)
{
    return side == MetricSide::Host ? "host" : "guest";
}

const char* nameOf(MetricKind kind)
{
    switch (kind) {
    case MetricKind::Level:
        return "level";
    case MetricKind::Rate:
        return "rate";
    case MetricKind::Share:
        return "share";
    }
    return "";
}

} // namespace twinhull
