// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/overview_facts.h"

#include "core/workload/workload_connection.h"
#include "ui/metrics/units.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/workload_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>

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

/// Figures that explain another one: its tool tip tells them.
struct FactDetail {
    Metric metric;
    Metric of;
};
constexpr std::array kDetails{
    FactDetail{ Metric::VcpuCores, Metric::CpuCores },
    FactDetail{ Metric::IoThreadCores, Metric::CpuCores },
    FactDetail{ Metric::EmulatorCores, Metric::CpuCores },
    FactDetail{ Metric::HelperCores, Metric::CpuCores },
    FactDetail{ Metric::NetworkHelperCores, Metric::CpuCores },
    FactDetail{ Metric::FileSystemHelperCores, Metric::CpuCores },
    FactDetail{ Metric::MonitorCores, Metric::CpuCores },
    FactDetail{ Metric::StolenCores, Metric::CpuCores },
    FactDetail{ Metric::ThrottledCores, Metric::CpuCores },
    FactDetail{ Metric::CpuPressure, Metric::CpuCores },
    FactDetail{ Metric::ContextSwitchRate, Metric::CpuCores },
    FactDetail{ Metric::KvmExitRate, Metric::CpuCores },
    FactDetail{ Metric::SharedBytes, Metric::PssBytes },
    FactDetail{ Metric::PageTableBytes, Metric::PssBytes },
    FactDetail{ Metric::SwappedBytes, Metric::PssBytes },
    FactDetail{ Metric::MergedBytes, Metric::PssBytes },
    FactDetail{ Metric::MemoryPressure, Metric::PssBytes },
    FactDetail{ Metric::DiskLatency, Metric::DiskReadRate },
    FactDetail{ Metric::DiskBlockedCores, Metric::DiskReadRate },
    FactDetail{ Metric::NetworkRoundTrip, Metric::NetworkReceiveRate },
    FactDetail{ Metric::IoPressure, Metric::DiskReadRate },
    FactDetail{ Metric::GuestRootUsedBytes, Metric::DiskReadRate },
    FactDetail{ Metric::GuestRootSizeBytes, Metric::DiskReadRate },
    FactDetail{ Metric::GuestLoadTasks, Metric::GuestCpuCores },
    FactDetail{ Metric::GuestSwapUsedBytes, Metric::GuestMemoryUsedBytes },
};

bool isDetail(Metric metric)
{
    return std::any_of(kDetails.begin(), kDetails.end(), [metric](const auto& row) { return row.metric == metric; });
}

/// A line each: "CPU, helpers: 1.0 %". What a container cannot have is left out.
QString detailsOf(const MetricPoint& point, Metric metric)
{
    QString lines;
    for (const FactDetail& detail : kDetails) {
        if (detail.of == metric && !isForeign(point[detail.metric].needs()))
            lines += tr("%1: %2").arg(titleOf(about(detail.metric)), textOf(point, detail.metric)) + u'\n';
    }
    return lines.isEmpty() ? lines : u'\n' + lines.chopped(1);
}

Fact factOf(const MetricPoint& point, Metric metric)
{
    const QString details = detailsOf(point, metric);
    return { titleOf(about(metric)), textOf(point, metric),
        toolTipOf(point, metric) + (details.isEmpty() ? details : u'\n' + details) };
}

/// Two figures that are read together, in a line of their own title.
struct FactPair {
    Metric first;
    Metric second;
    const char* title;
    const char* format; ///< %1 is the first
};
constexpr std::array kPairs{
    FactPair{ Metric::DiskReadRate, Metric::DiskWriteRate, QT_TRANSLATE_NOOP("OverviewFacts", "Disk"),
        QT_TRANSLATE_NOOP("OverviewFacts", "read %1, written %2") },
    FactPair{ Metric::NetworkReceiveRate, Metric::NetworkSendRate, QT_TRANSLATE_NOOP("OverviewFacts", "Network"),
        QT_TRANSLATE_NOOP("OverviewFacts", "in %1, out %2") },
    FactPair{ Metric::GuestMemoryUsedBytes, Metric::GuestMemoryCacheBytes,
        QT_TRANSLATE_NOOP("OverviewFacts", "Guest says"), QT_TRANSLATE_NOOP("OverviewFacts", "%1 used, %2 cache") },
};

const FactPair* pairWith(Metric metric)
{
    const auto found = std::find_if(kPairs.begin(), kPairs.end(),
        [metric](const FactPair& pair) { return pair.first == metric || pair.second == metric; });
    return found == kPairs.end() ? nullptr : &*found;
}

/// One text where both need the same.
Fact factOf(const MetricPoint& point, const FactPair& pair)
{
    const bool needSame = !point[pair.first] && point[pair.first].needs() == point[pair.second].needs();
    const QString first = textOf(point, pair.first);
    const auto partOf
        = [&point](Metric metric) { return titleOf(about(metric)) + QStringLiteral(":\n") + toolTipOf(point, metric); };
    const QString text = needSame ? first : tr(pair.format).arg(first, textOf(point, pair.second));
    const bool isGuestSaid = !needSame && about(pair.first).side == MetricSide::Host && isGuestsWord(point, pair.first);
    return { tr(pair.title), isGuestSaid ? tr("%1 (guest says)").arg(text) : text,
        partOf(pair.first) + QStringLiteral("\n\n") + partOf(pair.second) + detailsOf(point, pair.first) };
}

QString linkTo(const PublishedPort& port)
{
    if (port.protocol == PortProtocol::Udp) // no browser speaks it
        return QStringLiteral("%1/udp → %2").arg(addressText(port).toHtmlEscaped()).arg(port.workloadPort);
    const QString url = urlText(port).toHtmlEscaped();
    return QStringLiteral("<a href=\"%1\">%1</a> → %2").arg(url).arg(port.workloadPort);
}

} // namespace

Facts costFacts(const WorkloadInfo& info, const MetricRings& rings)
{
    const MetricPoint* point = info.footprint.hasFigures() ? rings.latest(info.id) : nullptr;
    if (!point)
        return { { tr("State"), stateText(info) } };
    Facts facts;
    for (const MetricRow& row : metricCatalogue()) {
        if (row.about.side == MetricSide::Guest && info.id.kind == WorkloadKind::Container)
            continue; // it has no inside that could say something else
        if (isDetail(row.metric))
            continue;
        const FactPair* pair = pairWith(row.metric);
        if (pair == nullptr)
            facts.push_back(factOf(*point, row.metric));
        else if (pair->first == row.metric)
            facts.push_back(factOf(*point, *pair));
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
    if (const QString connection = connectionOf(info.id); !connection.isEmpty())
        facts.push_back({ tr("Connection"), connection });
    facts.push_back({ tr("Limits"), limitsText(info.limits) });
    if (info.exitStatus && info.state != WorkloadState::Running)
        facts.push_back({ tr("Last exit status"), QString::number(*info.exitStatus) });
    return facts;
}

Facts startupFacts(const WorkloadInfo& info)
{
    Facts facts;
    for (const StartupMark& mark : phaseMarks(info.startupMarks)) {
        const auto since = mark.monotonicNanoseconds - info.startupMarks.front().monotonicNanoseconds;
        facts.push_back({ millisecondsText(static_cast<double>(since) / 1e6), startupMarkText(mark.name) });
    }
    const bool runs = info.state == WorkloadState::Running || info.state == WorkloadState::Paused;
    if (facts.empty())
        facts.push_back({ noFigureText(), runs ? tr("needs a machine made from an image") : tr("not started yet") });
    return facts;
}

} // namespace twinhull
