// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison.h"

#include "core/twin/statistics.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Comparison", text);
}

} // namespace

Figure Figure::of(double value)
{
    return Figure{ value, {} };
}

Figure Figure::absent(const QString& reason)
{
    return Figure{ std::nullopt, reason };
}

std::vector<double> HullFigures::samples(Figure RunFigures::*figure) const
{
    std::vector<double> values;
    for (const auto& run : runs) {
        if (const auto& value = (run.*figure).value)
            values.push_back(*value);
    }
    return values;
}

Figure HullFigures::median(Figure RunFigures::*figure) const
{
    if (auto values = samples(figure); !values.empty())
        return Figure::of(medianOf(std::move(values)));
    return Figure::absent(
        runs.empty() || (runs.front().*figure).missing.isEmpty() ? tr("not measured") : (runs.front().*figure).missing);
}

RoundSamples Comparison::rounds(Figure RunFigures::*figure) const
{
    RoundSamples samples;
    for (std::size_t round = 0; round < std::min(container.runs.size(), vm.runs.size()); ++round) {
        const auto& first = (container.runs[round].*figure).value;
        const auto& second = (vm.runs[round].*figure).value;
        if (!first || !second)
            continue;
        samples.container.push_back(*first);
        samples.vm.push_back(*second);
    }
    return samples;
}

Figure Comparison::overhead(Figure RunFigures::*figure) const
{
    const auto samples = rounds(figure);
    if (!samples.vm.empty())
        return Figure::of(medianOf(pairedDifferences(samples.container, samples.vm)));
    const Figure vmMedian = vm.median(figure);
    const Figure containerMedian = container.median(figure);
    if (!vmMedian.value)
        return Figure::absent(QStringLiteral("%1: %2").arg(sides().second, vmMedian.missing));
    if (!containerMedian.value)
        return Figure::absent(QStringLiteral("%1: %2").arg(sides().first, containerMedian.missing));
    return Figure::absent(tr("no round has it of both sides"));
}

bool Comparison::isCpuComparable() const
{
    return !isEmulated() || bothAs.has_value(); // emulated is emulated on both sides then
}

SideNames Comparison::sides() const
{
    if (!bothAs)
        return { tr("container"), tr("VM") };
    return *bothAs == WorkloadKind::Vm ? SideNames{ tr("first VM"), tr("second VM") }
                                       : SideNames{ tr("first container"), tr("second container") };
}

bool Comparison::isEmulated() const
{
    return machine.acceleration == u"tcg";
}

std::optional<double> Comparison::otherLoad() const
{
    auto cores = container.samples(&RunFigures::otherCores);
    const auto more = vm.samples(&RunFigures::otherCores);
    cores.insert(cores.end(), more.begin(), more.end());
    if (cores.empty() || machine.cpus <= 0)
        return std::nullopt;
    return std::clamp(medianOf(std::move(cores)) / machine.cpus, 0.0, 1.0);
}

bool Comparison::isDoubtful() const
{
    return otherLoad().value_or(0) > kDoubtfulLoad;
}

} // namespace twinhull
