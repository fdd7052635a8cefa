// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_legend.h"

#include "core/metrics/metric_catalogue.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

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

QJsonObject csvColumn(const QString& column)
{
    QJsonObject described{ { QStringLiteral("name"), column }, { QStringLiteral("titles"), column } };
    const auto catalogue = metricCatalogue();
    const auto row = std::find_if(catalogue.begin(), catalogue.end(),
        [&column](const MetricRow& each) { return column == QLatin1String(each.about.key); });
    if (row == catalogue.end())
        return described;
    described.insert(QStringLiteral("datatype"), QStringLiteral("number"));
    described.insert(QStringLiteral("dc:title"), QLatin1String(row->about.title));
    described.insert(QStringLiteral("dc:description"), QLatin1String(row->about.meaning));
    described.insert(QStringLiteral("dc:source"), QLatin1String(row->about.source));
    described.insert(QStringLiteral("schema:unitText"), QLatin1String(nameOf(row->about.unit)));
    return described;
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

QByteArray csvMetadata(const QString& csvName, const QStringList& columns)
{
    QJsonArray described;
    for (const QString& column : columns)
        described.append(csvColumn(column));
    QJsonObject root{ { QStringLiteral("@context"), QStringLiteral("http://www.w3.org/ns/csvw") },
        { QStringLiteral("url"), csvName },
        { QStringLiteral("tableSchema"), QJsonObject{ { QStringLiteral("columns"), described } } } };
    if (columns.contains(QStringLiteral("figure")))
        root.insert(QStringLiteral("notes"), QJsonArray{ metricLegend() });
    return QJsonDocument(root).toJson();
}

QString csvMetadataName(const QString& csvName)
{
    return csvName + QStringLiteral("-metadata.json");
}

} // namespace twinhull
