// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/capacity.h"

#include "core/base/text.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Capacity", text);
}

QString bytesText(std::uint64_t bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

QJsonValue jsonOf(const Figure& figure)
{
    return figure.value ? QJsonValue(*figure.value) : QJsonValue();
}

QJsonObject readingJson(const CapacityReading& reading)
{
    QJsonObject json{ { QStringLiteral("cost_bytes"), jsonOf(reading.costBytes) },
        { QStringLiteral("available_bytes"), static_cast<double>(reading.availableBytes) },
        { QStringLiteral("memory_pressure_percent"),
            reading.memoryPressure ? QJsonValue(*reading.memoryPressure) : QJsonValue() } };
    if (!reading.costBytes.value)
        json[QStringLiteral("missing")] = reading.costBytes.missing;
    return json;
}

QJsonValue estimateJson(const std::optional<Estimate>& estimate)
{
    if (!estimate)
        return {};
    return QJsonObject{ { QStringLiteral("median"), estimate->value },
        { QStringLiteral("interval"), QJsonArray{ estimate->interval.low, estimate->interval.high } },
        { QStringLiteral("samples"), estimate->samples } };
}

} // namespace

Figure Capacity::firstBytes() const
{
    return after.empty() ? Figure::absent(tr("nothing was started")) : after.front().costBytes;
}

std::optional<Estimate> Capacity::furtherBytes() const
{
    std::vector<double> added;
    for (std::size_t i = 1; i < after.size(); ++i) {
        if (!after[i].costBytes.value || !after[i - 1].costBytes.value)
            return std::nullopt;
        added.push_back(*after[i].costBytes.value - *after[i - 1].costBytes.value);
    }
    return added.empty() ? std::nullopt : std::optional(estimateMedian(added));
}

std::optional<double> Capacity::availableDropBytes() const
{
    if (after.empty())
        return std::nullopt;
    return (static_cast<double>(before.availableBytes) - static_cast<double>(after.back().availableBytes))
        / static_cast<double>(after.size());
}

std::optional<Capacity::Fit> Capacity::fit() const
{
    if (isStoppedByPressure) {
        const auto ran = static_cast<std::uint64_t>(ranBelowPressure());
        const auto room = fitByMemory().value_or(Fit{ ran, ran, ran });
        return Fit{ std::min(ran, room.value), std::min(ran, room.low), std::min(ran, room.high) };
    }
    return fitByMemory();
}

std::size_t Capacity::ranBelowPressure() const
{
    const auto passed = std::find_if(after.begin(), after.end(),
        [this](const CapacityReading& reading) { return reading.memoryPressure.value_or(0) > pressureLimit; });
    return static_cast<std::size_t>(passed - after.begin());
}

std::optional<Capacity::Fit> Capacity::fitByMemory() const
{
    const auto further = furtherBytes();
    if (!further)
        return std::nullopt;
    const double room = static_cast<double>(before.availableBytes) - static_cast<double>(reserveBytes);
    const double first = after.front().costBytes.value.value_or(0);
    const auto count = [&](double each) -> std::uint64_t {
        if (room < first)
            return 0;
        return 1 + static_cast<std::uint64_t>((room - first) / std::max(each, 4096.0)); // a page is the least
    };
    return Fit{ count(further->value), count(further->interval.high), count(further->interval.low) };
}

QString Capacity::assumption() const
{
    if (isStoppedByPressure && after.empty())
        return tr("Memory pressure was above %1 % before anything was started: none fits until it falls.")
            .arg(pressureLimit);
    if (isStoppedByPressure)
        return tr("Seen, not assumed: %1 ran at rest, and memory pressure passed %2 % with one more. It rises "
                  "while something starts, so fewer may fit where several start at once.")
            .arg(ranBelowPressure())
            .arg(pressureLimit);
    return tr("Assumed: each further one costs what the measured ones did at rest, nothing else on this computer "
              "grows, and memory pressure stays below %1 % as long as %2 are available. Work inside costs more.")
        .arg(pressureLimit)
        .arg(bytesText(reserveBytes));
}

QJsonObject capacityJson(const Capacity& capacity)
{
    QJsonArray after;
    for (const CapacityReading& reading : capacity.after)
        after.append(readingJson(reading));
    const auto fit = capacity.fit();
    const auto drop = capacity.availableDropBytes();
    return { { QStringLiteral("kind"),
                 capacity.kind == WorkloadKind::Vm ? QStringLiteral("vm") : QStringLiteral("container") },
        { QStringLiteral("image"), capacity.image }, { QStringLiteral("engine"), capacity.engine },
        { QStringLiteral("before"), readingJson(capacity.before) }, { QStringLiteral("after"), after },
        { QStringLiteral("first_bytes"), jsonOf(capacity.firstBytes()) },
        { QStringLiteral("further_bytes"), estimateJson(capacity.furtherBytes()) },
        { QStringLiteral("available_drop_bytes"), drop ? QJsonValue(*drop) : QJsonValue() },
        { QStringLiteral("reserve_bytes"), static_cast<double>(capacity.reserveBytes) },
        { QStringLiteral("pressure_limit_percent"), capacity.pressureLimit },
        { QStringLiteral("stopped_by_pressure"), capacity.isStoppedByPressure },
        { QStringLiteral("fit"),
            fit ? QJsonObject{ { QStringLiteral("value"), static_cast<double>(fit->value) },
                { QStringLiteral("low"), static_cast<double>(fit->low) },
                { QStringLiteral("high"), static_cast<double>(fit->high) } }
                : QJsonValue() },
        { QStringLiteral("assumption"), capacity.assumption() } };
}

} // namespace twinhull
