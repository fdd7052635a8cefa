// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/overview_facts.h"

#include "ui/widgets/figure_text.h"
#include "ui/widgets/workload_text.h"
#include "ui/workloads/workload_cells.h"

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

QString figureOr(std::optional<double> value, QString (*text)(double), const QString& missing)
{
    if (value)
        return text(*value);
    return missing.isEmpty() ? noFigureText() : missing;
}

QString pairText(std::optional<double> in, std::optional<double> out, const QString& format, const QString& missing)
{
    if (!in && !out)
        return missing.isEmpty() ? noFigureText() : missing;
    return format.arg(rateText(in.value_or(0)), rateText(out.value_or(0)));
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
    const QString& missing = point->missing;
    const auto at = [point](Metric metric) { return (*point)[metric]; };
    Facts facts{
        { tr("CPU"), figureOr(at(Metric::CpuCores), cpuText, missing) },
        { tr("Memory, host cost"), figureOr(hostMemoryBytes(rings, info.id), byteCountText, missing) },
        { tr("Network"),
            pairText(at(Metric::NetworkReceiveRate), at(Metric::NetworkSendRate), tr("in %1, out %2"), missing) },
        { tr("Disk"),
            pairText(at(Metric::DiskReadRate), at(Metric::DiskWriteRate), tr("read %1, written %2"), missing) },
    };
    const GuestFigures& guest = point->guest;
    if (guest.memoryUsedBytes)
        facts.emplace_back(
            tr("Guest says"), tr("%1 used").arg(byteCountText(static_cast<double>(*guest.memoryUsedBytes))));
    return facts;
}

Facts placeFacts(const WorkloadInfo& info)
{
    Facts facts;
    for (const PublishedPort& port : info.ports)
        facts.emplace_back(facts.empty() ? tr("Address") : QString(), linkTo(port));
    facts.emplace_back(tr("Image / OS"), info.image.isEmpty() ? noFigureText() : info.image);
    facts.emplace_back(tr("Runs on"), engineText(info.engine));
    facts.emplace_back(tr("Limits"), limitsText(info.limits));
    if (info.exitStatus && info.state != WorkloadState::Running)
        facts.emplace_back(tr("Last exit status"), QString::number(*info.exitStatus));
    return facts;
}

Facts startupFacts(const WorkloadInfo& info)
{
    Facts facts;
    for (const StartupMark& mark : info.startupMarks) {
        const auto since = mark.monotonicNanoseconds - info.startupMarks.front().monotonicNanoseconds;
        facts.emplace_back(millisecondsText(static_cast<double>(since) / 1e6), startupMarkText(mark.name));
    }
    if (facts.empty())
        facts.emplace_back(noFigureText(), tr("not started yet"));
    return facts;
}

} // namespace twinhull
