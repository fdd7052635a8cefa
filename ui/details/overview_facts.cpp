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
#include <optional>
#include <span>

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

/// Figures that explain another one, in a line of their own.
struct FactGroup {
    const char* title;
    std::span<const Metric> metrics;
};
constexpr std::array kPartsOfCpu{ Metric::VcpuCores, Metric::IoThreadCores, Metric::VhostCores, Metric::EmulatorCores,
    Metric::HelperCores, Metric::NetworkHelperCores, Metric::FileSystemHelperCores, Metric::MonitorCores };
constexpr std::array kStalls{ Metric::CpuPressure, Metric::MemoryPressure, Metric::IoPressure, Metric::CpuFullPressure,
    Metric::MemoryFullPressure, Metric::IoFullPressure, Metric::StolenCores, Metric::ThrottledCores,
    Metric::DiskBlockedCores };
constexpr std::array kSwitches{ Metric::ContextSwitchRate, Metric::KvmExitRate };
constexpr std::array kPartsOfMemory{ Metric::RamPssBytes, Metric::QemuOwnPssBytes, Metric::AnonymousPssBytes,
    Metric::HelperPssBytes };
constexpr std::array kBesideMemory{ Metric::PageTableBytes, Metric::KernelChargeBytes, Metric::SharedBytes,
    Metric::SwappedBytes, Metric::MergedBytes };
constexpr std::array kRequests{ Metric::DiskReadRequestRate, Metric::DiskWriteRequestRate, Metric::DiskLatency };
constexpr std::array kDiskParts{ Metric::DiskImageBytes, Metric::DiskLayersBytes, Metric::DiskWritableBytes,
    Metric::DiskVirtualBytes, Metric::DiskVolumeBytes };
constexpr std::array kPackets{ Metric::NetworkReceivePacketRate, Metric::NetworkSendPacketRate,
    Metric::NetworkRoundTrip };
constexpr std::array kGroups{
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "CPU by part"), kPartsOfCpu },
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "Waiting"), kStalls },
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "How often"), kSwitches },
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "Host cost by part"), kPartsOfMemory },
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "Beside it"), kBesideMemory },
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "Disk requests"), kRequests },
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "Space on disk"), kDiskParts },
    FactGroup{ QT_TRANSLATE_NOOP("OverviewFacts", "Packets"), kPackets },
};

bool isInAGroup(Metric metric)
{
    return std::any_of(kGroups.begin(), kGroups.end(), [metric](const FactGroup& group) {
        return std::find(group.metrics.begin(), group.metrics.end(), metric) != group.metrics.end();
    });
}

/// A workload of its kind can have it; what it only lacks now says what it needs.
bool canHave(const MetricPoint& point, Metric metric)
{
    const Needs needs = point[metric].needs();
    return !isForeign(needs) && needs != Needs::GuestKernel;
}

/// "vCPUs" of "CPU, vCPUs": the line's title has the first word.
QString shortTitleOf(Metric metric)
{
    const QString title = titleOf(about(metric));
    const QString rest = title.section(QStringLiteral(", "), 1);
    return rest.isEmpty() ? title : rest;
}

/// All that is known, then once each what the others need. Helpers that it has not are left out: they are named where
/// they are.
std::optional<Fact> factOf(const MetricPoint& point, const FactGroup& group)
{
    QStringList known;
    QStringList needed;
    QStringList explained;
    for (const Metric metric : group.metrics) {
        const bool isOfRam = metric == Metric::AnonymousPssBytes && point[Metric::RamPssBytes]; // nearly all of it
        if (!canHave(point, metric) || point[metric].needs() == Needs::NetworkHelper || isOfRam)
            continue;
        if (point[metric])
            known << tr("%1 %2").arg(shortTitleOf(metric), textOf(point, metric));
        else if (const QString needs = shortSentenceFor(point[metric].needs()); !needed.contains(needs))
            needed << needs;
        explained << titleOf(about(metric)) + QStringLiteral(":\n") + toolTipOf(point, metric);
    }
    if (explained.isEmpty())
        return std::nullopt;
    return Fact{ tr(group.title), (known + needed).join(QStringLiteral(", ")), explained.join(QStringLiteral("\n\n")) };
}

/// "Load" of "Load, guest view": the card has the rest in its title.
Fact factOf(const MetricPoint& point, Metric metric)
{
    const QString title = titleOf(about(metric));
    return { about(metric).side == MetricSide::Guest ? title.section(QStringLiteral(", "), 0, 0) : title,
        textOf(point, metric), toolTipOf(point, metric) };
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
    FactPair{ Metric::GuestRootUsedBytes, Metric::GuestRootSizeBytes,
        QT_TRANSLATE_NOOP("OverviewFacts", "Root file system"), QT_TRANSLATE_NOOP("OverviewFacts", "%1 of %2") },
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
    const bool isCgroupSaid = pair.first == Metric::GuestMemoryUsedBytes && point.kind() == WorkloadKind::Container;
    return { isCgroupSaid ? tr("Its cgroup says") : tr(pair.title),
        isGuestSaid ? tr("%1 (guest says)").arg(text) : text,
        partOf(pair.first) + QStringLiteral("\n\n") + partOf(pair.second) };
}

const MetricPoint* pointOf(const WorkloadInfo& info, const MetricRings& rings)
{
    return info.footprint.hasFigures() ? rings.latest(info.id) : nullptr;
}

/// Those in a line of their own, of one side.
Facts singleFacts(const MetricPoint& point, MetricSide side)
{
    Facts facts;
    for (const MetricRow& row : metricCatalogue()) {
        if (row.about.side != side || isInAGroup(row.metric) || !canHave(point, row.metric))
            continue;
        const FactPair* pair = pairWith(row.metric);
        if (pair == nullptr || pair->first == row.metric)
            facts.push_back(pair == nullptr ? factOf(point, row.metric) : factOf(point, *pair));
    }
    return facts;
}

Facts groupFacts(const MetricPoint& point, std::span<const FactGroup> groups)
{
    Facts facts;
    for (const FactGroup& group : groups) {
        if (auto fact = factOf(point, group))
            facts.push_back(*std::move(fact));
    }
    return facts;
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
    const MetricPoint* point = pointOf(info, rings);
    return point == nullptr ? Facts{ { tr("State"), stateText(info) } } : singleFacts(*point, MetricSide::Host);
}

Facts partFacts(const WorkloadInfo& info, const MetricRings& rings)
{
    const MetricPoint* point = pointOf(info, rings);
    return point == nullptr ? Facts() : groupFacts(*point, kGroups);
}

Facts guestFacts(const WorkloadInfo& info, const MetricRings& rings)
{
    const MetricPoint* point = pointOf(info, rings);
    return point == nullptr ? Facts() : singleFacts(*point, MetricSide::Guest);
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
    if (info.definitionNanoseconds)
        facts.push_back({ millisecondsText(static_cast<double>(*info.definitionNanoseconds) / 1e6),
            tr("to define it, once: before the request") });
    for (const StartupMark& mark : phaseMarks(info.startupMarks)) {
        const auto since = mark.monotonicNanoseconds - info.startupMarks.front().monotonicNanoseconds;
        facts.push_back({ millisecondsText(static_cast<double>(since) / 1e6), startupMarkText(mark.name) });
    }
    const bool runs = info.state == WorkloadState::Running || info.state == WorkloadState::Paused;
    if (info.startupMarks.empty())
        facts.push_back({ noFigureText(), runs ? tr("needs a machine made from an image") : tr("not started yet") });
    return facts;
}

} // namespace twinhull
