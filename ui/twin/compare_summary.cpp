// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_summary.h"
#include "ui/metrics/workload_label.h"

#include "core/twin/verdict.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("CompareSummary", text);
}

Estimate oneReading(const Figure& first, const Figure& second)
{
    const double difference = *second.value - *first.value;
    return { difference, { difference, difference }, 1 };
}

/// One start of each is too few, whatever it says.
JudgedFigure judgeStartup(const ComparedWorkload& first, const ComparedWorkload& second)
{
    const QString title = tr("Start to entrypoint");
    for (const ComparedWorkload* side : { &first, &second }) {
        if (!side->startupMilliseconds.value)
            return notJudged(title, side->startupMilliseconds.missing);
    }
    JudgedFigure figure;
    figure.title = title;
    figure.finding = Finding::TooFew;
    figure.difference = oneReading(first.startupMilliseconds, second.startupMilliseconds);
    figure.reason = tr("one start of each; a comparison run makes more");
    return figure;
}

JudgedFigure judgeMemory(const ComparedWorkload& first, const ComparedWorkload& second)
{
    const QString title = tr("Memory on the host");
    for (const ComparedWorkload* side : { &first, &second }) {
        if (!(*side)[Metric::PssBytes].value)
            return notJudged(title, (*side)[Metric::PssBytes].missing);
    }
    const CommonTicks common = ticksOfEither(first.pss, second.pss);
    return judgeSeries(title, FigureUnit::Bytes, common.first, common.second);
}

JudgedFigure judgeCpu(const ComparedWorkload& first, const ComparedWorkload& second)
{
    const QString title = tr("CPU, mean");
    if (first.isEmulated() || second.isEmulated())
        return notJudged(
            title, tr("emulated VMs say nothing about hardware, and they start slower than they would there"));
    for (const ComparedWorkload* side : { &first, &second }) {
        if (!(*side)[Metric::CpuCores].value)
            return notJudged(title, (*side)[Metric::CpuCores].missing);
    }
    const CommonTicks common = ticksOfEither(first.cpu, second.cpu);
    return judgeSeries(title, FigureUnit::Cores, common.first, common.second);
}

constexpr std::size_t kMostJudged = 5; // intervals take some hundred microseconds each, and nobody reads more

QString halfOf(const ComparedWorkload& workload)
{
    return workload.kind() == WorkloadKind::Container ? tr("the container") : tr("the VM");
}

/// Of more than two: each other against one of them, and what is found must stand for all of it together.
QString eachAgainst(std::span<const ComparedWorkload> workloads, std::size_t baseline)
{
    std::vector<JudgedFigure> figures;
    for (std::size_t i = 0; i < workloads.size(); ++i) {
        if (i == baseline)
            continue;
        figures.push_back(judgeMemory(workloads[baseline], workloads[i]));
        figures.push_back(judgeCpu(workloads[baseline], workloads[i]));
    }
    correctForMany(figures);
    QStringList texts;
    auto judged = std::span<const JudgedFigure>(figures);
    for (std::size_t i = 0; i < workloads.size(); ++i) {
        if (i == baseline)
            continue;
        texts << tr("%1 beside %2:").arg(labelOf(workloads[i].info), labelOf(workloads[baseline].info))
              << verdictText(judged.first(2), { labelOf(workloads[baseline].info), labelOf(workloads[i].info) });
        judged = judged.subspan(2);
    }
    return texts.join(u' ') + u' ' + tr("Their work may differ.");
}

} // namespace

QString whatThisShows(std::span<const ComparedWorkload> workloads, std::size_t baseline)
{
    if (workloads.size() < 2 || workloads.size() > kMostJudged || baseline >= workloads.size())
        return {};
    if (workloads.size() > 2)
        return eachAgainst(workloads, baseline);
    const ComparedWorkload& first = workloads[baseline];
    const ComparedWorkload& second = workloads[1 - baseline];
    const bool isTwin = !first.info.twinGroup.isEmpty() && first.info.twinGroup == second.info.twinGroup;
    JudgedFigure figures[] = { judgeMemory(first, second), judgeStartup(first, second), judgeCpu(first, second) };
    correctForMany(figures);
    const VerdictSides sides = isTwin ? VerdictSides{ halfOf(first), halfOf(second) }
                                      : VerdictSides{ labelOf(first.info), labelOf(second.info) };
    const QString shared
        = isTwin ? tr("Both run %1.").arg(first.info.image) : tr("They do not come as a twin: their work may differ.");
    return verdictText(figures, sides) + u' ' + shared;
}

QString whatThisShows(const Comparison& comparison)
{
    return tr("For %1: %2 The figures are those of this computer and this image.")
        .arg(comparison.image, verdictText(comparison));
}

} // namespace twinhull
