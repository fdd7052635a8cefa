// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/stats_columns.h"

#include "core/metrics/metric_catalogue.h"

#include <QStringList>

#include <algorithm>

namespace twinhull {

namespace {

QString nameOfColumn(const MetricRow& row)
{
    return QString::fromLatin1(row.about.heading).toLower().replace(u' ', u'_');
}

Result<Metric> columnNamed(const std::string& name)
{
    const QString wanted = QString::fromStdString(name).trimmed().toLower();
    const auto catalogue = metricCatalogue();
    const auto row = std::find_if(catalogue.begin(), catalogue.end(), [&wanted](const MetricRow& each) {
        return wanted == nameOfColumn(each) || wanted == QLatin1String(each.about.key);
    });
    if (row != catalogue.end())
        return row->metric;
    return Error{ ErrorCode::InvalidArgument, "no figure is named \"" + name + "\"", 0,
        "Name some of these, with commas: all, " + statsColumnNames() };
}

} // namespace

std::vector<Metric> usualStatsColumns()
{
    return { Metric::CpuCores, Metric::PssBytes, Metric::DiskReadRate, Metric::DiskWriteRate,
        Metric::NetworkReceiveRate, Metric::NetworkSendRate };
}

Result<std::vector<Metric>> statsColumns(std::span<const std::string> names)
{
    std::vector<Metric> columns;
    for (const std::string& name : names) {
        if (name == "all") {
            for (const MetricRow& row : metricCatalogue())
                columns.push_back(row.metric);
            continue;
        }
        const auto column = columnNamed(name);
        if (!column)
            return column.error();
        columns.push_back(*column);
    }
    return columns;
}

std::string statsColumnNames()
{
    QStringList names;
    for (const MetricRow& row : metricCatalogue())
        names << nameOfColumn(row);
    return names.join(QStringLiteral(", ")).toStdString();
}

} // namespace twinhull
