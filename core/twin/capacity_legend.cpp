// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/capacity_legend.h"

#include "core/metrics/metric_catalogue.h"
#include "core/twin/capacity.h"

#include <array>

namespace twinhull {

namespace {

struct LegendRow {
    const char* key;
    const char* title;
    const char* unit;
    const char* meaning;
    QString source;
};

/// What the costs are added up from.
QString costSource()
{
    return QStringLiteral("%1; %2").arg(
        QLatin1String(about(Metric::PssBytes).source), QLatin1String(about(Metric::PageTableBytes).source));
}

} // namespace

QJsonObject capacityLegend()
{
    const QString cost = costSource();
    const QString available = QStringLiteral("MemAvailable in /proc/meminfo");
    const std::array rows{
        LegendRow{ "cost_bytes", "Memory of all that were started", "bytes",
            "PSS and page tables of their processes and helper programs; shared pages count once.", cost },
        LegendRow{ "available_bytes", "Memory that can be had without swapping", "bytes",
            "Of the whole computer, after each start.", available },
        LegendRow{ "memory_pressure_percent", "Memory pressure of this computer", "percent",
            "The part of the last ten seconds in which some task waited for memory; after each start the greatest "
            "since "
            "the reading before, read each second.",
            QLatin1String(kPressureFigure) },
        LegendRow{ "first_bytes", "Memory, first", "bytes", "What the first one costs.", cost },
        LegendRow{ "further_bytes", "Memory, each further", "bytes",
            "The median of what each further one added, with its 95 % bootstrap interval.", cost },
        LegendRow{ "available_drop_bytes", "Less available, each", "bytes",
            "How much less memory was available for each start, on average; it moves with all that happens on this "
            "computer.",
            available },
        LegendRow{ "fit", "How many more fit", "count",
            "What is available beyond the reserve, divided by the cost of each further one, and by the ends of its "
            "interval; where the pressure passed its limit, how many ran below it.",
            QStringLiteral("computed from available_bytes, reserve_bytes and further_bytes") },
        LegendRow{ "reserve_bytes", "Reserve", "bytes", "What shall stay available.",
            QStringLiteral("asked for, else a twentieth of MemTotal in /proc/meminfo") },
        LegendRow{ "pressure_limit_percent", "Limit of the pressure", "percent", "Beyond that no more are started.",
            QStringLiteral("asked for, else this program's own") },
    };
    QJsonObject legend;
    for (const LegendRow& row : rows)
        legend.insert(QLatin1String(row.key),
            QJsonObject{ { QStringLiteral("title"), QLatin1String(row.title) },
                { QStringLiteral("unit"), QLatin1String(row.unit) },
                { QStringLiteral("meaning"), QLatin1String(row.meaning) }, { QStringLiteral("source"), row.source } });
    return legend;
}

} // namespace twinhull
