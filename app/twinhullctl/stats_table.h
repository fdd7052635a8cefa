// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"
#include "core/workload/workload_registry.h"

#include <QJsonObject>

#include <chrono>
#include <span>

namespace twinhull {

/// Whether a JSON object says of each figure what it is; a stream of objects says it once.
enum class FigureLegend { Included, LeftOut };

/// Latest readings of workloads, as a table, as JSON, and as lines of CSV; the figures are those of
/// core/metrics/metric_catalogue.h, under its headings and keys; JSON and CSV have all of them.
/// The table marks a guest's word about its network with "*" and numbers what could not be read, and says below what
/// each means. JSON has null there, and the reason in the object "missing" under the same key ("missing" is null where
/// all was read); CSV has nothing. Both say in "network_is_guest_view" whose word the network figures are.
QString statsTable(const WorkloadRegistry& registry, const MetricsFrame& frame, std::span<const Metric> columns);
/// Of each figure its heading, key, title, and what is said of it anywhere: meaning, unit, computation, source.
QString figureExplanations(std::span<const Metric> columns);
/// {"time", "workloads": [{"id", "kind", "name", key: number|null …, "missing", "network_is_guest_view"}], "host":
/// {key: number|null …, "missing"}, "figures": {key: {"title", "unit", "side", "kind", "meaning", "source"}}}.
QJsonObject statsJson(const WorkloadRegistry& registry, const MetricsFrame& frame, FigureLegend legend);
/// One field of a line as RFC 4180 says: quoted where it must be.
QString csvField(const QString& text);
QString csvHeading();
QString csvLines(const WorkloadRegistry& registry, const MetricsFrame& frame);
/// Of a file of so many seconds: one reading each second, or, where some were slow, all that were in that time.
bool isWhole(int readings, std::chrono::nanoseconds sinceTheFirst, std::chrono::seconds asked);

} // namespace twinhull
