// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_legend.h"

#include "core/metrics/metric_catalogue.h"

namespace twinhull {

namespace {

QJsonObject entryOf(const FigureInfo& figure)
{
    return {
        { QStringLiteral("title"), QLatin1String(figure.title) },
        { QStringLiteral("unit"), QLatin1String(nameOf(figure.unit)) },
        { QStringLiteral("side"), QLatin1String(nameOf(figure.side)) },
        { QStringLiteral("kind"), QLatin1String(nameOf(figure.kind)) },
        { QStringLiteral("meaning"), QLatin1String(figure.meaning) },
        { QStringLiteral("source"), QLatin1String(figure.source) },
    };
}

template <typename Rows>
QJsonObject legendOf(const Rows& rows)
{
    QJsonObject legend;
    for (const auto& row : rows)
        legend.insert(QLatin1String(row.about.key), entryOf(row.about));
    return legend;
}

} // namespace

QJsonObject metricLegend()
{
    return legendOf(metricCatalogue());
}

QJsonObject hostMetricLegend()
{
    return legendOf(hostMetricCatalogue());
}

} // namespace twinhull
