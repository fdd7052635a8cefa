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

QJsonValue textOrNull(const QString& text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonValue outcomeJson(Capacity::Outcome outcome)
{
    switch (outcome) {
    case Capacity::Outcome::NotAsked:
        break;
    case Capacity::Outcome::NotMade:
        return QStringLiteral("not_made");
    case Capacity::Outcome::True:
        return QStringLiteral("true");
    case Capacity::Outcome::Refuted:
        return QStringLiteral("refuted");
    }
    return {};
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

QString Capacity::claim() const
{
    const auto known = fit();
    if (!known)
        return {};
    if (isStoppedByPressure)
        return tr("%1 fit until memory pressure passes %2 %.").arg(known->value).arg(pressureLimit);
    return tr("About %1 (95 % interval %2 to %3) fit until memory pressure passes %4 %.")
        .arg(known->value)
        .arg(known->low)
        .arg(known->high)
        .arg(pressureLimit);
}

std::vector<CapacityReading> Capacity::all() const
{
    std::vector<CapacityReading> readings = after;
    readings.insert(readings.end(), check.begin(), check.end());
    return readings;
}

Capacity::Outcome Capacity::outcome() const
{
    const auto known = fit();
    if (!isCheckAsked)
        return Outcome::NotAsked;
    if (isStoppedByPressure || !known || known->value < after.size()
        || known->value > static_cast<std::uint64_t>(kMostStarts))
        return Outcome::NotMade;
    const auto readings = all();
    const bool isPassed = std::any_of(readings.begin(), readings.end(),
        [this](const auto& reading) { return reading.memoryPressure.value_or(0) > pressureLimit; });
    return isPassed || readings.size() < known->value ? Outcome::Refuted : Outcome::True;
}

QString Capacity::checkSentence() const
{
    const auto readings = all();
    const auto ran = readings.size();
    switch (outcome()) {
    case Outcome::NotAsked:
        return {};
    case Outcome::NotMade:
        return fit() && fit()->value > static_cast<std::uint64_t>(kMostStarts)
            ? tr("Not checked: that needs more starts than the %1 that are made at most. Keep more memory available.")
                  .arg(kMostStarts)
            : tr("Not checked: no more were foretold than were started to measure them.");
    case Outcome::Refuted:
        return tr("Checked by starting them, and refuted: memory pressure passed %1 % with number %2, and %3 were "
                  "foretold.")
            .arg(pressureLimit)
            .arg(ran)
            .arg(fit()->value);
    case Outcome::True:
        break;
    }
    double most = 0;
    for (const CapacityReading& reading : readings)
        most = std::max(most, reading.memoryPressure.value_or(0));
    return tr("Checked by starting them, and true: %1 ran at rest; memory pressure was %2 % at most, and %3 were "
              "available at the end.")
        .arg(ran)
        .arg(most)
        .arg(bytesText(readings.empty() ? before.availableBytes : readings.back().availableBytes));
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
    const QString assumed
        = tr("Assumed: each further one costs what the measured ones did at rest (the cost is linear), nothing else on "
             "this computer grows, and memory pressure stays below %1 % as long as %2 are available. Work inside costs "
             "more.")
              .arg(pressureLimit)
              .arg(bytesText(reserveBytes));
    return assumed + QLatin1Char(' ')
        + (before.memoryPressure ? tr("Pressure is %1.").arg(QLatin1String(kPressureFigure))
                                 : tr("Pressure was not watched: it needs a kernel with pressure figures (psi=1)."));
}

QJsonObject capacityJson(const Capacity& capacity)
{
    QJsonArray after;
    for (const CapacityReading& reading : capacity.after)
        after.append(readingJson(reading));
    QJsonArray check;
    for (const CapacityReading& reading : capacity.check)
        check.append(readingJson(reading));
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
        { QStringLiteral("pressure_figure"),
            capacity.before.memoryPressure ? QJsonValue(QLatin1String(kPressureFigure)) : QJsonValue() },
        { QStringLiteral("claim"), textOrNull(capacity.claim()) },
        { QStringLiteral("assumption"), capacity.assumption() }, { QStringLiteral("check"), check },
        { QStringLiteral("check_outcome"), outcomeJson(capacity.outcome()) },
        { QStringLiteral("check_sentence"), textOrNull(capacity.checkSentence()) } };
}

} // namespace twinhull
