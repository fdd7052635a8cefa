// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_names.h"

#include "core/metrics/metric_catalogue.h"

#include <array>
#include <span>
#include <utility>

namespace twinhull {

namespace {

template <typename Value>
using Name = std::pair<Value, const char*>;

constexpr std::array kModeNames{ Name<ChartMode>{ ChartMode::Each, "each" },
    Name<ChartMode>{ ChartMode::Stacked, "stacked" }, Name<ChartMode>{ ChartMode::Difference, "difference" },
    Name<ChartMode>{ ChartMode::Ratio, "ratio" } };
constexpr std::array kOverlayNames{ Name<Overlay>{ Overlay::None, "none" },
    Name<Overlay>{ Overlay::LengthBefore, "length_before" }, Name<Overlay>{ Overlay::DayBefore, "day_before" },
    Name<Overlay>{ Overlay::Chosen, "chosen" } };
// None of them is the key of a figure.
constexpr std::array kQuantityNames{ Name<Quantity>{ Quantity::Cpu, "cpu" },
    Name<Quantity>{ Quantity::Memory, "memory" }, Name<Quantity>{ Quantity::Network, "network" },
    Name<Quantity>{ Quantity::Disk, "disk" }, Name<Quantity>{ Quantity::CpuParts, "cpu_parts" },
    Name<Quantity>{ Quantity::Waiting, "waiting" } };

template <typename Value>
QString nameIn(std::span<const Name<Value>> names, Value value)
{
    for (const auto& [each, name] : names) {
        if (each == value)
            return QLatin1String(name);
    }
    return {};
}

template <typename Value>
std::optional<Value> valueIn(std::span<const Name<Value>> names, const QString& wanted)
{
    for (const auto& [value, name] : names) {
        if (wanted == QLatin1String(name))
            return value;
    }
    return std::nullopt;
}

} // namespace

QString nameOf(ChartMode mode)
{
    return nameIn<ChartMode>(kModeNames, mode);
}

QString nameOf(Overlay overlay)
{
    return nameIn<Overlay>(kOverlayNames, overlay);
}

QString nameOf(Quantity quantity)
{
    return quantity.isComposed() ? nameIn<Quantity>(kQuantityNames, quantity)
                                 : QString(QLatin1String(about(quantity.metrics().front()).key));
}

std::optional<ChartMode> chartModeFrom(const QString& name)
{
    return valueIn<ChartMode>(kModeNames, name);
}

std::optional<Overlay> overlayFrom(const QString& name)
{
    return valueIn<Overlay>(kOverlayNames, name);
}

std::optional<Quantity> quantityFrom(const QString& name)
{
    for (const MetricRow& row : metricCatalogue()) {
        if (name == QLatin1String(row.about.key))
            return row.metric;
    }
    return valueIn<Quantity>(kQuantityNames, name);
}

} // namespace twinhull
