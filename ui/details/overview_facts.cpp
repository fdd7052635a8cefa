// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/overview_facts.h"

#include "ui/metrics/units.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/workload_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("OverviewFacts", text);
}

QString engineText(const QString& engine)
{
    if (engine == u"hull")
        return tr("hull (namespaces of this kernel)");
    if (engine == u"kvm")
        return tr("KVM (hardware virtualization)");
    if (engine == u"tcg")
        return tr("TCG (emulated: its CPU figures say nothing about hardware)");
    return engine.isEmpty() ? noFigureText() : engine;
}

QString limitsText(const ResourceLimits& limits)
{
    QStringList parts;
    if (limits.memoryBytes)
        parts << tr("memory %1").arg(byteCountText(static_cast<double>(*limits.memoryBytes)));
    if (limits.cpus)
        parts << (*limits.cpus == 1 ? tr("1 CPU") : tr("%1 CPUs").arg(QLocale().toString(*limits.cpus)));
    if (limits.pids)
        parts << tr("%1 processes").arg(*limits.pids);
    return parts.isEmpty() ? tr("none") : parts.join(QStringLiteral(", "));
}

Fact factOf(const MetricPoint& point, Metric metric)
{
    const FigureInfo& figure = about(metric);
    const Reading<double>& reading = point[metric];
    return { titleOf(figure), reading ? metricText(figure.unit, *reading) : sentenceFor(reading.needs()),
        explanationOf(figure) };
}

/// Both directions in a line; each says what it needs where they differ.
Fact factOf(const MetricPoint& point, Quantity quantity, const QString& format)
{
    const auto metrics = metricsOf(quantity);
    const Reading<double>& first = point[metrics.front()];
    const Reading<double>& second = point[metrics.back()];
    const auto text
        = [](const Reading<double>& reading) { return reading ? rateText(*reading) : sentenceFor(reading.needs()); };
    const bool isNeitherRead = !first && !second && first.needs() == second.needs();
    return { titleOf(quantity), isNeitherRead ? text(first) : format.arg(text(first), text(second)),
        explanationOf(quantity) };
}

QString linkTo(const PublishedPort& port)
{
    const QString url = urlText(port).toHtmlEscaped();
    return QStringLiteral("<a href=\"%1\">%1</a> → %2").arg(url).arg(port.workloadPort);
}

} // namespace

Facts costFacts(const WorkloadInfo& info, const MetricRings& rings)
{
    const MetricPoint* point = info.footprint.isEmpty() ? nullptr : rings.latest(info.id);
    if (!point)
        return { { tr("State"), stateText(info.state) } };
    Facts facts;
    for (const Metric metric : { Metric::CpuCores, Metric::PssBytes, Metric::ResidentBytes, Metric::CgroupChargeBytes })
        facts.push_back(factOf(*point, metric));
    facts.push_back(factOf(*point, Quantity::Network, tr("in %1, out %2")));
    facts.push_back(factOf(*point, Quantity::Disk, tr("read %1, written %2")));
    if (info.id.kind == WorkloadKind::Vm) {
        for (const Metric metric : { Metric::GuestMemoryUsedBytes, Metric::GuestMemoryCacheBytes })
            facts.push_back(factOf(*point, metric));
    }
    return facts;
}

Facts placeFacts(const WorkloadInfo& info)
{
    Facts facts;
    for (const PublishedPort& port : info.ports)
        facts.push_back({ facts.empty() ? tr("Address") : QString(), linkTo(port) });
    facts.push_back({ tr("Image / OS"), info.image.isEmpty() ? noFigureText() : info.image });
    facts.push_back({ tr("Runs on"), engineText(info.engine) });
    facts.push_back({ tr("Limits"), limitsText(info.limits) });
    if (info.exitStatus && info.state != WorkloadState::Running)
        facts.push_back({ tr("Last exit status"), QString::number(*info.exitStatus) });
    return facts;
}

Facts startupFacts(const WorkloadInfo& info)
{
    Facts facts;
    for (const StartupMark& mark : info.startupMarks) {
        const auto since = mark.monotonicNanoseconds - info.startupMarks.front().monotonicNanoseconds;
        facts.push_back({ millisecondsText(static_cast<double>(since) / 1e6), startupMarkText(mark.name) });
    }
    if (facts.empty())
        facts.push_back({ noFigureText(), tr("not started yet") });
    return facts;
}

} // namespace twinhull
