// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/host_cost_source.h"

#include "core/base/clock.h"
#include "core/metrics/footprint_reader.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace twinhull {

namespace {

constexpr int kTicksBetweenPids = 10; // members of a cgroup are not told; they are asked for
constexpr int kTicksSpared = 9;
constexpr int kTicksSparedUnwatched = 29;
constexpr std::int64_t kRestingShare = 200; // of a core
constexpr std::uint64_t kLeastToFork = 500'000; // nanoseconds

std::array<Reading<std::uint64_t>*, 12> figuresOf(SlowFigures& slow)
{
    return { &slow.pss, &slow.ram, &slow.qemuOwn, &slow.helpers, &slow.anonymous, &slow.shared, &slow.swapped,
        &slow.merged, &slow.pageTables, &slow.contextSwitches, &slow.blockedNanoseconds, &slow.roundTripNanoseconds };
}

void fillSlowOf(const FootprintReader& reader, const Result<ProcessDetails>& details, SlowFigures& slow)
{
    if (!details || !reader.countsAllProcesses()) {
        const bool isForbidden = !details && details.error().code == ErrorCode::PermissionDenied;
        for (auto* figure : figuresOf(slow))
            *figure = details ? Needs::EveryProcess : isForbidden ? Needs::SmapsRights : Needs::SmapsRollup;
        return;
    }
    slow.pss = details->pssBytes;
    slow.ram = { details->ramBytes, Needs::SmapsSplit };
    slow.qemuOwn = { details->qemuOwnBytes, Needs::SmapsSplit };
    slow.helpers = details->helperBytes;
    slow.anonymous = { details->anonymousBytes, Needs::SmapsSplit };
    slow.shared = details->sharedBytes;
    slow.swapped = details->swappedBytes;
    slow.merged = { details->mergedBytes, Needs::Ksm };
    slow.pageTables = details->pageTableBytes;
    slow.contextSwitches = details->contextSwitches;
    slow.blockedNanoseconds = details->blockedNanoseconds;
    slow.roundTripNanoseconds = details->roundTripNanoseconds;
    slow.monotonicNanoseconds = details->monotonicNanoseconds;
}

void fillSlow(const FootprintReader& reader, const Result<ProcessDetails>& details, Sample& sample)
{
    fillSlowOf(reader, details, sample.slow);
    if (sample.id.kind == WorkloadKind::Container)
        sample.slow.ram = sample.slow.qemuOwn = Needs::VirtualMemory;
}

std::optional<DetailReader::Activity> activityIn(const Sample& sample)
{
    if (!sample.residentBytes || !sample.cpuNanoseconds)
        return std::nullopt;
    return DetailReader::Activity{ *sample.residentBytes, *sample.cpuNanoseconds };
}

/// What the figures need that no source fills; those that come later know better.
void explainAbsence(Sample& sample, HostFootprint::Reach reach)
{
    const bool isContainer = sample.id.kind == WorkloadKind::Container;
    GuestFigures& guest = sample.guest;
    guest.memoryTotalBytes.explain(isContainer ? Needs::VirtualMemory : Needs::NextLibvirtReading);
    for (auto* figure : { &guest.memoryUsedBytes, &guest.memoryCacheBytes })
        figure->explain(isContainer ? Needs::GuestKernel : Needs::BalloonDriver);
    for (auto* figure : { &guest.cpuNanoseconds, &guest.networkReceivedBytes, &guest.networkSentBytes,
             &guest.networkReceivedPackets, &guest.networkSentPackets })
        figure->explain(isContainer ? Needs::GuestKernel : Needs::GuestAgent);
    guest.swapUsedBytes.explain(isContainer ? Needs::CgroupOfItsOwn : Needs::GuestAgent);
    guest.loadThousandths.explain(isContainer ? Needs::GuestKernel : Needs::GuestAgent);
    for (auto* figure : { &guest.rootUsedBytes, &guest.rootSizeBytes })
        figure->explain(isContainer ? Needs::GuestDisk : Needs::GuestAgent);
    if (isContainer)
        sample.slow.ram = sample.slow.qemuOwn = Needs::VirtualMemory;
    sample.diskRequests.count.explain(isContainer ? Needs::VirtualDisk : Needs::NextLibvirtReading);
    sample.diskRequests.nanoseconds.explain(sample.diskRequests.count.needs());
    for (auto* figure : { &sample.diskRequests.reads, &sample.diskRequests.writes })
        figure->explain(isContainer ? Needs::CgroupOfItsOwn : Needs::NextLibvirtReading);
    if (isContainer)
        sample.disk.virtualSize.explain(Needs::GuestDisk);
    else
        sample.disk.volumes.explain(Needs::NamedVolume);
    sample.kvmExits.explain(isContainer ? Needs::VirtualCpus : Needs::Kvm);
    if (reach == HostFootprint::Reach::Here)
        return;
    const Needs host = needsOf(reach);
    CpuParts& parts = sample.cpuParts;
    Stalls& stalls = sample.stalls;
    for (auto* figure : { &parts.vcpus, &parts.ioThreads, &parts.vhost, &parts.emulator, &parts.helpers,
             &parts.networkHelpers, &parts.fileSystemHelpers, &parts.monitor, &stalls.stolen, &stalls.throttled,
             &stalls.cpu, &stalls.memory, &stalls.io, &stalls.cpuFull, &stalls.memoryFull, &stalls.ioFull })
        figure->explain(host);
    for (auto* figure : { &sample.cpuNanoseconds, &sample.residentBytes, &sample.cgroupChargeBytes,
             &sample.kernelChargeBytes, &sample.diskReadBytes, &sample.diskWrittenBytes, &sample.networkReceivedBytes,
             &sample.networkSentBytes, &sample.networkReceivedPackets, &sample.networkSentPackets })
        figure->explain(host);
    for (auto* figure : figuresOf(sample.slow))
        figure->explain(host);
}

} // namespace

Needs needsOf(HostFootprint::Reach reach)
{
    switch (reach) {
    case HostFootprint::Reach::Here:
        return Needs::Nothing;
    case HostFootprint::Reach::OnAnotherComputer:
        return Needs::ProcessOnThisComputer;
    case HostFootprint::Reach::OfAnotherUser:
        return Needs::OwnersRights;
    }
    return Needs::Nothing;
}

HostCostSource::HostCostSource(const ProcTree& proc)
    : m_proc(proc), m_details(proc), m_buffer(std::make_unique<ReadBuffer>())
{
}

HostCostSource::~HostCostSource() = default;

void HostCostSource::read(std::span<const MetricTarget> targets, std::span<Sample> samples)
{
    align(targets);
    m_tickBefore = std::exchange(m_tick, samples.empty() ? 0 : samples.front().monotonicNanoseconds);
    m_shared.refresh(*m_buffer);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (m_watched[i].footprint != targets[i].footprint)
            takeOver(targets[i].footprint, m_watched[i]);
        samples[i].isSpared = isSpared(targets[i], m_watched[i]);
        if (!samples[i].isSpared && !m_watched[i].wasSpared)
            readAtWork(m_watched[i], samples[i]);
    }
    for (std::size_t i = 0; i < targets.size(); ++i) { // once it is known what the others used
        Watched& watched = m_watched[i];
        if (!samples[i].isSpared && !watched.wasSpared)
            continue;
        const bool isBurst = isStirred(watched);
        samples[i].isSpared = samples[i].isSpared && !isBurst;
        if (!samples[i].isSpared)
            readAfterRest(watched, isBurst, samples[i]);
        watched.wasSpared = samples[i].isSpared;
    }
}

/// What is no rest in a tick: the share of a core that tells rest from work. A process may have been at it whose parent
/// alone is known, and to start one takes a parent less.
std::uint64_t HostCostSource::burstNanoseconds(const Watched& watched) const
{
    const auto share = static_cast<std::uint64_t>(std::max<std::int64_t>(m_tick - m_tickBefore, 0) / kRestingShare);
    return watched.cgroupNanoseconds ? share : std::min(share, kLeastToFork);
}

/// Whether it works since the tick before, though it is to be spared. It is not looked at until all that share its
/// cgroup's parent used something beyond what was read. What they used meanwhile may all have been this one's: so much
/// of its growth counts as older than this tick, and in this tick it used no more than they did.
bool HostCostSource::isStirred(Watched& watched)
{
    if (!watched.glanced || m_tickBefore == 0)
        return false;
    const auto others = watched.shared ? watched.shared->unaccountedNanoseconds() : std::nullopt;
    const std::uint64_t unlookedBefore = watched.unlookedNanoseconds;
    watched.unlookedNanoseconds += others.value_or(0);
    if (others && watched.unlookedNanoseconds < burstNanoseconds(watched))
        return false;
    const auto now = watched.reader ? watched.reader->glance(*m_buffer) : std::nullopt;
    if (!now)
        return true; // to see that it is gone
    const std::uint64_t growth = *now - std::min(*now, *watched.glanced);
    const std::uint64_t since = growth - std::min(growth, unlookedBefore);
    const std::uint64_t worked = others ? std::min(since, *others) : since;
    const bool isBurst = worked >= burstNanoseconds(watched);
    watched.restNanoseconds += isBurst ? growth - worked : growth;
    watched.glanced = now;
    watched.unlookedNanoseconds = 0;
    return isBurst;
}

void HostCostSource::readAtWork(Watched& watched, Sample& sample)
{
    const auto before = watched.cgroupNanoseconds;
    readOne(watched, sample);
    const auto now = watched.reader ? watched.cgroupNanoseconds : std::nullopt;
    if (watched.shared && before && now)
        watched.shared->account(*now - std::min(*now, *before));
}

/// Two counters at the end of its rest divide what it used since the latest reading.
void HostCostSource::readAfterRest(Watched& watched, bool isStirred, Sample& sample)
{
    const auto before = watched.cpuNanoseconds;
    const auto cgroupBefore = watched.cgroupNanoseconds;
    const std::uint64_t rest = watched.restNanoseconds;
    const std::int64_t passed = m_tick - watched.readAt;
    const std::uint64_t glanced = watched.glanced.value_or(0);
    std::uint64_t seen = glanced - std::min(glanced, watched.glancedInReading.value_or(0));
    readOne(watched, sample);
    if (!isStirred || !before || !sample.cpuNanoseconds || *sample.cpuNanoseconds < *before + rest)
        return;
    const bool isCgroup
        = cgroupBefore && watched.cgroupNanoseconds && *watched.cgroupNanoseconds >= *cgroupBefore + rest;
    if (isCgroup)
        seen = *watched.cgroupNanoseconds - *cgroupBefore;
    const std::uint64_t whole = *sample.cpuNanoseconds - *before;
    const std::uint64_t unseen = whole - std::clamp(seen, rest, whole);
    sample.restEnd = { m_tickBefore, *before + rest + unseenInRest(unseen, passed, isCgroup), Needs::CgroupOfItsOwn };
    if (isCgroup)
        sample.restEnd.guestCpuNanoseconds = *cgroupBefore + rest;
}

/// How much of what no glance saw since the latest reading, `passed` ago, is put before the tick before. What helpers
/// beside a cgroup used is spread evenly, as their own figure is. Elsewhere a process did it that no reading knew: as a
/// rule one that began in this tick, but what a core cannot have done in a tick took longer.
std::uint64_t HostCostSource::unseenInRest(std::uint64_t unseen, std::int64_t passed, bool areHelpers) const
{
    const std::int64_t tick = std::clamp<std::int64_t>(m_tick - m_tickBefore, 0, std::max<std::int64_t>(passed, 0));
    if (tick == 0)
        return 0;
    const double share = static_cast<double>(tick) / static_cast<double>(passed);
    const auto evenly = std::min(unseen, static_cast<std::uint64_t>(static_cast<double>(unseen) * share));
    return unseen - (areHelpers ? evenly : std::max(evenly, std::min(unseen, static_cast<std::uint64_t>(tick))));
}

void HostCostSource::setAttention(Attention attention)
{
    m_attention = attention;
    m_details.setAttention(attention);
    for (Watched& watched : m_watched) { // not all in the same tick
        if (watched.ticksToSpare > 0)
            watched.ticksToSpare = static_cast<int>(watched.countersBegan % (static_cast<unsigned>(ticksSpared()) + 1));
    }
}

/// Of a VM others tell more at any tick.
bool HostCostSource::isSpared(const MetricTarget& target, Watched& watched) const
{
    const bool isLookedAt = target.isLookedAt && m_attention == Attention::Watched;
    const bool mayRest
        = !isLookedAt && watched.reader && watched.id.kind == WorkloadKind::Container && watched.ticksToSpare > 0;
    watched.ticksToSpare -= mayRest ? 1 : 0;
    return mayRest;
}

int HostCostSource::ticksSpared() const
{
    return m_attention == Attention::Watched ? kTicksSpared : kTicksSparedUnwatched;
}

void HostCostSource::judgeRest(Watched& watched, const Sample& sample) const
{
    const std::int64_t passed
        = sample.monotonicNanoseconds - std::exchange(watched.readAt, sample.monotonicNanoseconds);
    const std::optional<std::uint64_t> before = std::exchange(watched.cpuNanoseconds, sample.cpuNanoseconds);
    const bool isKnown = before && watched.cpuNanoseconds && *watched.cpuNanoseconds >= *before;
    const bool isResting
        = isKnown && static_cast<std::int64_t>(*watched.cpuNanoseconds - *before) * kRestingShare < passed;
    watched.ticksToSpare = isResting ? ticksSpared() : 0;
    watched.cgroupNanoseconds = watched.reader->cgroupCpuNanoseconds();
    watched.glanced = watched.glancedInReading = watched.reader->glancedInRead();
    watched.unlookedNanoseconds = 0;
    watched.restNanoseconds = 0;
}

/// m_watched[i] is targets[i] afterwards; what is known stays.
void HostCostSource::align(std::span<const MetricTarget> targets)
{
    const auto isSame = [](const Watched& watched, const MetricTarget& target) { return watched.id == target.id; };
    if (std::equal(m_watched.begin(), m_watched.end(), targets.begin(), targets.end(), isSame))
        return;
    std::map<WorkloadId, Watched> known;
    for (auto& watched : m_watched)
        known.emplace(watched.id, std::move(watched));
    m_watched.clear();
    for (const auto& target : targets) {
        auto node = known.extract(target.id);
        m_watched.push_back(node ? std::move(node.mapped()) : Watched());
        m_watched.back().id = target.id;
    }
    for (const auto& [id, watched] : known)
        m_details.forget(id);
}

void HostCostSource::takeOver(const HostFootprint& footprint, Watched& watched)
{
    const bool isSameProcess
        = watched.footprint.rootPids == footprint.rootPids && watched.footprint.cgroupPath == footprint.cgroupPath;
    watched.footprint = footprint;
    if (isSameProcess) {
        if (watched.reader)
            watched.reader->setHelpers(footprint);
        return;
    }
    m_details.forget(watched.id);
    watched.reader = footprint.isEmpty() ? nullptr : std::make_unique<FootprintReader>(m_proc, footprint);
    watched.shared = m_shared.above(footprint.cgroupPath.toStdString());
    watched.cgroupNanoseconds.reset();
    watched.glanced.reset();
    watched.countersBegan = ++m_begun;
    watched.ticksToNextPids = 0;
    watched.cpuNanoseconds.reset();
    watched.ticksToSpare = 0;
}

void HostCostSource::readOne(Watched& watched, Sample& sample)
{
    sample.countersBegan = watched.countersBegan;
    explainAbsence(sample, watched.footprint.reach);
    if (!watched.reader)
        return;
    if (watched.reader->read(sample, *m_buffer)) {
        readDetails(watched, sample);
        judgeRest(watched, sample);
        return;
    }
    watched.reader.reset(); // its descriptors would keep the namespaces of the dead alive
    m_details.forget(watched.id);
}

/// Asking for the processes is the costliest part of a tick: each workload has a tick of its own for it.
void HostCostSource::readDetails(Watched& watched, Sample& sample)
{
    const bool isFirst = watched.ticksToNextPids == 0;
    if (isFirst || watched.reader->arePidsChanged() || --watched.ticksToNextPids == 0) {
        m_details.want(
            watched.id, watched.reader->pids(*m_buffer), activityIn(sample), watched.reader->roles(watched.id.kind));
        const int phase = static_cast<int>(watched.countersBegan % kTicksBetweenPids);
        watched.ticksToNextPids = kTicksBetweenPids - (isFirst ? phase : 0);
    }
    if (const auto details = m_details.latest(watched.id))
        fillSlow(*watched.reader, *details, sample);
}

Sample readCostNow(const MetricTarget& target, const ProcTree& proc)
{
    Sample sample;
    sample.id = target.id;
    sample.monotonicNanoseconds = monotonicNanoseconds();
    explainAbsence(sample, target.footprint.reach);
    if (target.footprint.isEmpty())
        return sample;
    const auto buffer = std::make_unique<ReadBuffer>();
    FootprintReader reader(proc, target.footprint);
    if (reader.read(sample, *buffer)) {
        const auto pids = reader.pids(*buffer);
        fillSlow(reader, twinhull::readDetails(proc, pids, reader.roles(target.id.kind)), sample);
    }
    return sample;
}

} // namespace twinhull
