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

QString textOf(const MetricPoint& point, Metric metric)
{
    const Reading<double>& reading = point[metric];
    return reading ? metricText(about(metric).unit, *reading) : shortSentenceFor(reading.needs());
}

/// What it needs in full where it is absent, then what it is.
QString toolTipOf(const MetricPoint& point, Metric metric)
{
    const QString needs = sentenceFor(point[metric].needs());
    return needs.isEmpty() ? explanationOf(about(metric)) : needs + u'\n' + explanationOf(about(metric));
}

Fact factOf(const MetricPoint& point, Metric metric)
{
    return { titleOf(about(metric)), textOf(point, metric), toolTipOf(point, metric) };
}

/// Two in a line, which is one where both need the same.
Fact factOf(const MetricPoint& point, const QString& title, Metric first, Metric second, const QString& format)
{
    const bool needSame = !point[first] && point[first].needs() == point[second].needs();
    const QString value = needSame ? textOf(point, first) : format.arg(textOf(point, first), textOf(point, second));
    const auto partOf
        = [&point](Metric metric) { return titleOf(about(metric)) + QStringLiteral(":\n") + toolTipOf(point, metric); };
    return { title, value, partOf(first) + QStringLiteral("\n\n") + partOf(second) };
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
    facts.push_back(
        factOf(*point, tr("Network"), Metric::NetworkReceiveRate, Metric::NetworkSendRate, tr("in %1, out %2")));
    facts.push_back(factOf(*point, tr("Disk"), Metric::DiskReadRate, Metric::DiskWriteRate, tr("read %1, written %2")));
    if (info.id.kind == WorkloadKind::Vm)
        facts.push_back(factOf(*point, tr("Guest says"), Metric::GuestMemoryUsedBytes, Metric::GuestMemoryCacheBytes,
            tr("%1 used, %2 cache")));
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
