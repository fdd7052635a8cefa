// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/capacity.h"

#include "core/base/text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>

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

QString countText(std::uint64_t count)
{
    return QLocale(QLocale::English).toString(static_cast<qulonglong>(count));
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
    case Capacity::Outcome::Partial:
        return QStringLiteral("partial");
    case Capacity::Outcome::Refuted:
        return QStringLiteral("refuted");
    }
    return {};
}

QJsonValue brokenJson(const std::optional<Capacity::Broken>& broken)
{
    if (!broken)
        return {};
    const char* what = broken->what == Capacity::Assumption::LinearCost ? "linear_cost"
        : broken->what == Capacity::Assumption::Reserve                 ? "reserve"
                                                                        : "pressure";
    return QJsonObject{ { QStringLiteral("assumption"), QLatin1String(what) },
        { QStringLiteral("number"), static_cast<double>(broken->number) } };
}

QJsonArray readingsJson(const std::vector<CapacityReading>& readings)
{
    QJsonArray array;
    for (const CapacityReading& reading : readings)
        array.append(readingJson(reading));
    return array;
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
        return tr("%1 fit until memory pressure passes %2 %.").arg(countText(known->value)).arg(pressureLimit);
    return tr("About %1 (95 % interval %2 to %3) fit until memory pressure passes %4 %.")
        .arg(countText(known->value), countText(known->low), countText(known->high))
        .arg(pressureLimit);
}

std::vector<CapacityReading> Capacity::all() const
{
    std::vector<CapacityReading> readings = after;
    readings.insert(readings.end(), check.begin(), check.end());
    return readings;
}

bool Capacity::isPressureRead() const
{
    const auto readings = all();
    return before.memoryPressure || std::any_of(readings.begin(), readings.end(), [](const auto& reading) {
        return reading.memoryPressure.has_value();
    });
}

std::size_t Capacity::checkGoal() const
{
    const auto known = fit();
    if (!isCheckAsked || isStoppedByPressure || !known || known->value < after.size() || !isPressureRead())
        return 0;
    const auto most = std::max<std::uint64_t>(static_cast<std::uint64_t>(std::max(checkLimit, 0)), after.size());
    return static_cast<std::size_t>(std::min(known->value, most));
}

Capacity::Outcome Capacity::outcome() const
{
    if (!isCheckAsked)
        return Outcome::NotAsked;
    const std::size_t goal = checkGoal();
    if (goal == 0)
        return Outcome::NotMade;
    const auto readings = all();
    const bool isPassed = std::any_of(readings.begin(), readings.end(),
        [this](const auto& reading) { return reading.memoryPressure.value_or(0) > pressureLimit; });
    if (isPassed || readings.size() < goal)
        return Outcome::Refuted;
    return goal < fit()->value ? Outcome::Partial : Outcome::True;
}

std::optional<Capacity::Assumption> Capacity::brokenWith(std::size_t number) const
{
    const CapacityReading reading = all()[number - 1];
    const auto further = furtherBytes();
    if (number > after.size() && further && reading.costBytes.value) {
        const double foretold = after.front().costBytes.value.value_or(0)
            + static_cast<double>(number - 1) * further->interval.high + further->value;
        if (*reading.costBytes.value > foretold)
            return Assumption::LinearCost;
    }
    if (reading.availableBytes < reserveBytes)
        return Assumption::Reserve;
    return reading.memoryPressure.value_or(0) > pressureLimit ? std::optional(Assumption::Pressure) : std::nullopt;
}

std::optional<Capacity::Broken> Capacity::firstBroken() const
{
    if (checkGoal() == 0)
        return std::nullopt;
    for (std::size_t number = 1; number <= after.size() + check.size(); ++number) {
        if (const auto what = brokenWith(number))
            return Broken{ *what, number };
    }
    return std::nullopt;
}

QString Capacity::brokenSentence() const
{
    const auto broken = firstBroken();
    if (!broken)
        return {};
    const CapacityReading reading = all()[broken->number - 1];
    const QString available = bytesText(reading.availableBytes);
    switch (broken->what) {
    case Assumption::LinearCost:
        return tr("What broke first: the linear cost. With number %1 all of them cost %2, more than the measured ones "
                  "let expect.")
            .arg(broken->number)
            .arg(bytesText(static_cast<std::uint64_t>(reading.costBytes.value.value_or(0))));
    case Assumption::Reserve:
        return tr("What broke first: the reserve. With number %1 only %2 were available: they take memory that no "
                  "process is charged for, or something else on this computer grew.")
            .arg(broken->number)
            .arg(available);
    case Assumption::Pressure:
        break;
    }
    return tr("What broke first: that pressure stays low as long as the reserve is available. With number %1 still %2 "
              "were, and tasks waited for memory: those that started, other programs, or a group at its limit.")
        .arg(broken->number)
        .arg(available);
}

QString Capacity::whyNotChecked() const
{
    const auto known = fit();
    if (!isCheckAsked)
        return tr("Not checked: it was not asked for.");
    if (isStoppedByPressure)
        return tr("Not checked: the number was seen while they were measured, not foretold.");
    if (!known)
        return tr("Not checked: nothing is foretold, because it is not known what each further one costs.");
    if (known->value < after.size())
        return tr("Not checked: no more were foretold than were started to measure them.");
    return tr("Not checked: it needs a kernel with pressure figures (psi=1).");
}

QString Capacity::checkSentence() const
{
    const auto readings = all();
    const Outcome known = outcome();
    if (known == Outcome::NotAsked || known == Outcome::NotMade)
        return whyNotChecked();
    const QString broken = brokenSentence().isEmpty() ? QString() : QLatin1Char(' ') + brokenSentence();
    double most = 0;
    for (const CapacityReading& reading : readings)
        most = std::max(most, reading.memoryPressure.value_or(0));
    if (known == Outcome::Refuted && most <= pressureLimit)
        return tr("Refuted by starting them: only %1 ran, and %2 were foretold.")
                   .arg(readings.size())
                   .arg(countText(fit()->value))
            + (checkEnd.isEmpty() ? QString() : QLatin1Char(' ') + checkEnd) + broken;
    if (known == Outcome::Refuted)
        return tr("Refuted by starting them: memory pressure passed %1 % with number %2, and %3 were foretold.")
                   .arg(pressureLimit)
                   .arg(readings.size())
                   .arg(countText(fit()->value))
            + broken;
    const QString seen = tr("%1 ran at rest; memory pressure was %2 % at most, and %3 were available at the end.")
                             .arg(readings.size())
                             .arg(most)
                             .arg(bytesText(readings.back().availableBytes));
    if (known == Outcome::True)
        return tr("Holds, checked by starting them: %1").arg(seen) + broken;
    return tr("Holds as far as it was checked, up to %1 of %2: %3 The others are foretold alone.")
               .arg(readings.size())
               .arg(countText(fit()->value))
               .arg(seen)
        + broken;
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
    const auto further = furtherBytes();
    const QString each = further
        ? tr("each further one costs %1, as those did at rest of the %2 that were started (the cost is linear)")
              .arg(bytesText(static_cast<std::uint64_t>(std::max(further->value, 0.0))))
              .arg(after.size())
        : tr("each further one costs what the measured ones did at rest (the cost is linear)");
    const QString assumed
        = tr("Assumed: free is what the kernel calls available (%1, %2 before the first start) without a reserve of "
             "%3; %4; nothing else on this computer grows; and memory pressure stays below %5 % as long as the reserve "
             "is available. Work inside costs more.")
              .arg(QLatin1String(kAvailableFigure), bytesText(before.availableBytes), bytesText(reserveBytes), each)
              .arg(pressureLimit);
    return assumed + QLatin1Char(' ')
        + (before.memoryPressure ? tr("Pressure is %1.").arg(QLatin1String(kPressureFigure))
                                 : tr("Pressure was not watched: it needs a kernel with pressure figures (psi=1)."));
}

QJsonObject capacityJson(const Capacity& capacity)
{
    const auto fit = capacity.fit();
    const auto drop = capacity.availableDropBytes();
    return { { QStringLiteral("kind"),
                 capacity.kind == WorkloadKind::Vm ? QStringLiteral("vm") : QStringLiteral("container") },
        { QStringLiteral("image"), capacity.image }, { QStringLiteral("engine"), capacity.engine },
        { QStringLiteral("before"), readingJson(capacity.before) },
        { QStringLiteral("after"), readingsJson(capacity.after) },
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
        { QStringLiteral("available_figure"), QLatin1String(kAvailableFigure) },
        { QStringLiteral("measured_from"), static_cast<double>(capacity.after.size()) },
        { QStringLiteral("assumption"), capacity.assumption() },
        { QStringLiteral("check"), readingsJson(capacity.check) },
        { QStringLiteral("check_end"), textOrNull(capacity.checkEnd) },
        { QStringLiteral("check_limit"), capacity.isCheckAsked ? QJsonValue(capacity.checkLimit) : QJsonValue() },
        { QStringLiteral("broken_first"), brokenJson(capacity.firstBroken()) },
        { QStringLiteral("check_outcome"), outcomeJson(capacity.outcome()) },
        { QStringLiteral("check_sentence"), capacity.checkSentence() } };
}

} // namespace twinhull
