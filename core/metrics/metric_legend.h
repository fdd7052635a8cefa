// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QStringList>

namespace twinhull {

/// The catalogue for a file of figures, by key: {"cpu_cores": {"title", "unit", "side": "host"|"guest",
/// "kind": "level"|"rate"|"share", "meaning", "source"}, …}. In English, as the keys are.
QJsonObject metricLegend();
QJsonObject hostMetricLegend();

/// What stands beside a CSV file of figures as FILE-metadata.json ("Model for Tabular Data and Metadata on the Web",
/// W3C): its columns in order, each with title, unit, meaning and source where it is one of the catalogue. CSV itself
/// has no comments (RFC 4180): readers take a line of them for data. A file that names figures in a column ("figure")
/// has the whole catalogue in its notes.
QByteArray csvMetadata(const QString& csvName, const QStringList& columns);
/// "readings.csv-metadata.json".
QString csvMetadataName(const QString& csvName);

} // namespace twinhull
