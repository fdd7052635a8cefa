// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

/// This computer and this program. Rows of the catalogue, which alone includes this.
inline constexpr std::array kHostRows{
    HostMetricRow{ HostMetric::CpuShare,
        { "host_cpu_share", MetricUnit::Share, MetricSide::Host, MetricKind::Share, "CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU of this computer"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of all processors' time that was not idle and not waiting for a disk."),
            QT_TRANSLATE_NOOP("Metrics", "first line of /proc/stat") } },
    HostMetricRow{ HostMetric::MemoryUsedBytes,
        { "host_memory_used_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "USED",
            QT_TRANSLATE_NOOP("Metrics", "Memory of this computer"),
            QT_TRANSLATE_NOOP("Metrics", "All memory without what could be handed out without swapping."),
            QT_TRANSLATE_NOOP("Metrics", "MemTotal minus MemAvailable in /proc/meminfo") } },
    HostMetricRow{ HostMetric::MemoryTotalBytes,
        { "host_memory_total_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "TOTAL",
            QT_TRANSLATE_NOOP("Metrics", "All memory of this computer"),
            QT_TRANSLATE_NOOP("Metrics", "RAM that the kernel manages, without its own code and what firmware keeps."),
            QT_TRANSLATE_NOOP("Metrics", "MemTotal in /proc/meminfo") } },
    HostMetricRow{ HostMetric::CpuPressure,
        { "host_cpu_pressure_percent", MetricUnit::Percent, MetricSide::Host, MetricKind::Share, "PRESSURE",
            QT_TRANSLATE_NOOP("Metrics", "CPU pressure of this computer"),
            QT_TRANSLATE_NOOP("Metrics", "Percent of the last ten seconds in which something waited for a CPU."),
            QT_TRANSLATE_NOOP("Metrics", "avg10 in the line \"some\" of /proc/pressure/cpu") } },
    HostMetricRow{ HostMetric::OwnCpuCores,
        { "own_cpu_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "OWN CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU of Twinhull itself"),
            QT_TRANSLATE_NOOP("Metrics",
                "Processor time of all threads of this program: 1 is one core in full use. Programs that it starts are "
                "not in it: monitors, network helpers and QEMU count with their workload, and what unpacks an image is "
                "a program of its own."),
            QT_TRANSLATE_NOOP("Metrics", "clock_gettime of CLOCK_PROCESS_CPUTIME_ID") } },
    HostMetricRow{ HostMetric::OwnAnonymousBytes,
        { "own_anonymous_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "OWN ANONYMOUS",
            QT_TRANSLATE_NOOP("Metrics", "Memory of Twinhull itself, at least"),
            QT_TRANSLATE_NOOP(
                "Metrics", "RssAnon of this program, the pages that no file backs: a lower bound of what it costs."),
            QT_TRANSLATE_NOOP("Metrics", "field 2 minus field 3 of /proc/self/statm") } },
    HostMetricRow{ HostMetric::OwnPssBytes,
        { "own_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "OWN PSS",
            QT_TRANSLATE_NOOP("Metrics", "Memory of Twinhull itself"),
            QT_TRANSLATE_NOOP("Metrics",
                "Proportional set size of this program: its own pages and its share of those that other programs use "
                "as well. Read every ten seconds."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/self/smaps_rollup") } },
};

} // namespace twinhull
