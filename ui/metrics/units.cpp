// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/units.h"

#include "ui/widgets/figure_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Units", text);
}

Unit byteUnit(double largest)
{
    constexpr double kKibi = 1024;
    if (largest < 100 * kKibi)
        return { kKibi, tr("KiB") };
    if (largest < 10 * kKibi * kKibi * kKibi / 4)
        return { kKibi * kKibi, tr("MiB") };
    return { kKibi * kKibi * kKibi, tr("GiB") };
}

Unit rateUnit(double largest)
{
    if (largest < 1e3)
        return { 1, tr("B/s") };
    if (largest < 1e6)
        return { 1e3, tr("kB/s") };
    if (largest < 1e9)
        return { 1e6, tr("MB/s") };
    return { 1e9, tr("GB/s") };
}

MetricUnit unitOf(Quantity quantity)
{
    return about(quantity.metrics().front()).unit;
}

double readableTop(double largest)
{
    // Quarters of these are short to write: 0.25, 0.5, 0.75, 1, 1.5 …
    constexpr std::array kTops = { 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0 };
    if (!(largest > 0))
        return 1;
    const double magnitude = std::pow(10.0, std::floor(std::log10(largest)));
    for (const double top : kTops) {
        if (largest <= top * magnitude)
            return top * magnitude;
    }
    return 10 * magnitude;
}

} // namespace

Unit unitFor(Quantity quantity, double largest)
{
    switch (unitOf(quantity)) {
    case MetricUnit::Cores:
    case MetricUnit::Share:
        return { 0.01, tr("%") };
    case MetricUnit::Percent:
        return { 1, tr("%") };
    case MetricUnit::Bytes:
        return byteUnit(largest);
    case MetricUnit::BytesPerSecond:
        return rateUnit(largest);
    case MetricUnit::PerSecond:
        return { 1, tr("/s") };
    case MetricUnit::Seconds:
        return { 1e-3, tr("ms") };
    case MetricUnit::Tasks:
        return { 1, tr("tasks") };
    }
    return {};
}

QString titleOf(Quantity quantity)
{
    if (quantity == Quantity::Network)
        return tr("Network");
    if (quantity == Quantity::Disk)
        return tr("Disk");
    if (quantity == Quantity::CpuParts)
        return tr("CPU by part");
    if (quantity == Quantity::Waiting)
        return tr("Waiting");
    return titleOf(about(quantity.metrics().front()));
}

QString explanationOf(Quantity quantity)
{
    QStringList explanations;
    const auto metrics = quantity.metrics();
    for (const Metric metric : metrics) {
        const FigureInfo& figure = about(metric);
        explanations << (metrics.size() > 1 ? titleOf(figure) + QStringLiteral(":\n") : QString())
                + explanationOf(figure);
    }
    if (quantity.form() == Quantity::Form::Sum && metrics.size() > 1)
        explanations.prepend(tr("The sum of these two. What is older than an hour stands for longer than a second: "
                                "there the highest of both are added."));
    return explanations.join(QStringLiteral("\n\n"));
}

QString axisTitle(Quantity quantity, const Unit& unit)
{
    const bool isWaiting = quantity == Quantity::Waiting || unitOf(quantity) == MetricUnit::Share;
    const bool isOfCore = unitOf(quantity) == MetricUnit::Cores;
    const QString name = isWaiting ? tr("% of the time") : isOfCore ? tr("% of one core") : unit.name;
    return QStringLiteral("%1, %2").arg(titleOf(quantity), name);
}

QString readingText(Quantity quantity, double value)
{
    return metricText(unitOf(quantity), value);
}

QString metricText(MetricUnit unit, double value)
{
    switch (unit) {
    case MetricUnit::Cores:
    case MetricUnit::Share:
        return cpuText(value);
    case MetricUnit::Percent:
        return cpuText(value / 100);
    case MetricUnit::Bytes:
        return byteCountText(value);
    case MetricUnit::BytesPerSecond:
        return rateText(value);
    case MetricUnit::PerSecond:
        return frequencyText(value);
    case MetricUnit::Seconds:
        return millisecondsText(value * 1e3);
    case MetricUnit::Tasks:
        return QString::number(value, 'f', 2);
    }
    return {};
}

QString signedReadingText(Quantity quantity, double value)
{
    const QString text = readingText(quantity, std::abs(value));
    if (text == readingText(quantity, 0))
        return text;
    return (value < 0 ? QChar(0x2212) : QChar(u'+')) + text;
}

AxisScale axisScale(double lowest, double largest)
{
    constexpr double kWorthShowing = 0.25;
    const bool reachesBelow = lowest < -kWorthShowing * largest;
    const double top = readableTop(reachesBelow ? std::max(largest, -lowest) : largest);
    return { reachesBelow ? -top : 0, top };
}

} // namespace twinhull
