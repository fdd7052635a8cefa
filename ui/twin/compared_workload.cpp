// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compared_workload.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ComparedWorkload", text);
}

Figure startupOf(const WorkloadInfo& info)
{
    if (const auto nanoseconds = startupNanoseconds(info))
        return Figure::of(static_cast<double>(*nanoseconds) / 1e6);
    return Figure::absent(info.id.kind == WorkloadKind::Vm ? tr("The guest has not told that its entrypoint runs.")
                                                           : tr("It was not started since start-up times are kept."));
}

Figure figureOf(const Reading<double>& reading)
{
    return reading ? Figure::of(*reading) : Figure::absent(sentenceFor(reading.needs()));
}

/// Of what is shown as its mean.
Reading<double> meanOrNeeds(std::optional<double> mean, const Reading<double>& latest)
{
    return { mean, latest ? Needs::SecondReading : latest.needs() };
}

} // namespace

ComparedWorkload readCompared(const WorkloadInfo& info, const MetricRings& rings, const TimeWindow& window)
{
    ComparedWorkload compared;
    compared.info = info;
    compared.startupMilliseconds = startupOf(info);
    compared.diskBytes = Figure::absent(tr("Being read."));
    const MetricPoint* point = currentPoint(rings, info.id);
    if (point == nullptr) {
        compared.figures.fill(Figure::absent(tr("It does not run.")));
        return compared;
    }
    for (const MetricRow& row : metricCatalogue()) {
        const Reading<double>& latest = (*point)[row.metric];
        const Reading<double> shown = row.about.kind == MetricKind::Rate
            ? meanOrNeeds(meanWithin(readingsOf(rings, info.id, row.metric, window), window, {},
                              momentsOf(rings, info.id, row.metric, window)),
                latest)
            : latest;
        compared[row.metric] = figureOf(shown);
        compared.needs.at(static_cast<std::size_t>(row.metric)) = shown.needs();
    }
    compared.cpu = readingsOf(rings, info.id, Quantity::Cpu, window);
    compared.pss = readingsOf(rings, info.id, Metric::PssBytes, window);
    compared.isNetworkGuestView = point->isNetworkGuestView;
    return compared;
}

} // namespace twinhull
