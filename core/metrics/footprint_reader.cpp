// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/footprint_reader.h"

#include "core/base/files.h"

#include <algorithm>
#include <array>
#include <set>

namespace twinhull {

namespace {

constexpr unsigned kRoundsBetweenMembers = 12; // where nobody asks for pids()
constexpr unsigned kRoundsToMakeVcpus = 10; // a QEMU that has just begun has none yet
constexpr unsigned kRoundsBetweenNetworks = 5; // of what rests
constexpr std::size_t kMostTextBytes = 32U << 10U; // of /proc/PID/cgroup and comm
constexpr std::uint64_t kLittleNanoseconds = 500'000; // helpers look at the time

/// A sum over processes that are not all counted would be too small.
Reading<std::uint64_t> sumOf(std::uint64_t inside, std::uint64_t outside, bool isWhole)
{
    return isWhole ? Reading<std::uint64_t>(inside + outside) : Reading<std::uint64_t>(Needs::EveryProcess);
}

Needs cgroupNeeds(WorkloadKind kind)
{
    return kind == WorkloadKind::Vm ? Needs::MachineCgroup : Needs::CgroupOfItsOwn;
}

Needs networkNeeds(const std::optional<Error>& error, WorkloadKind kind)
{
    if (error && error->code == ErrorCode::PermissionDenied)
        return Needs::NetworkRights;
    if (error && error->code == ErrorCode::Unsupported) // QEMU's own network is the host's: the guest's is told inside
        return kind == WorkloadKind::Container ? Needs::NetworkOfItsOwn : Needs::CountedNetwork;
    return Needs::NetworkFigures;
}

} // namespace

FootprintReader::FootprintReader(const ProcTree& proc, const HostFootprint& footprint)
    : m_proc(proc), m_rootPids(footprint.rootPids), m_outside(proc), m_inside(proc)
{
    const std::string path = footprint.cgroupPath.toStdString();
    auto cgroup = path.empty() ? Result<CgroupReader>(Error{}) : CgroupReader::open(path);
    if (cgroup) {
        m_cgroup = *std::move(cgroup);
        m_throttledBelow.emplace(path);
        m_cgroupInMount = path.substr(cgroupMountOf(path).size());
        m_outside.setFilter([this](pid_t pid) { return !isInside(pid); });
        m_outside.setUsualDepth(ProcessReader::Depth::WhatMoved);
        m_outside.leaveOutDiskOfReaped(); // a health check's command runs inside, and its parent is one of these
        m_inside.setFilter([this](pid_t pid) { return isInside(pid); });
    }
    setHelpers(footprint);
    m_outside.addRoots(m_rootPids); // after the helpers: a monitor is the parent of what it watches
    openNetwork();
}

void FootprintReader::setHelpers(const HostFootprint& footprint)
{
    m_outside.addRoots(footprint.helperPids);
    for (const pid_t pid : footprint.helperPids) {
        if (std::find(m_helperPids.begin(), m_helperPids.end(), pid) == m_helperPids.end())
            m_helperPids.push_back(pid);
        if (const auto part = partOf(pid))
            m_namedHelpers.try_emplace(pid, PartCost{ *part });
        m_areHelpersInside = m_areHelpersInside || (m_cgroup && isInside(pid));
    }
}

bool FootprintReader::read(Sample& sample, ReadBuffer& buffer)
{
    if (!refresh(buffer))
        return false;
    fillCpuAndMemory(sample);
    fillStalls(sample, buffer);
    if (sample.id.kind == WorkloadKind::Container)
        fillContainerParts(sample);
    else
        fillVmParts(sample, buffer);
    fillNamedHelpers(sample);
    if (sample.id.kind == WorkloadKind::Container)
        fillInsideView(sample);
    fillDisk(sample);
    fillNetwork(sample, buffer);
    return true;
}

std::optional<std::uint64_t> FootprintReader::glance(ReadBuffer& buffer) const
{
    return m_cgroup ? m_cgroup->cpuNanosecondsNow(buffer) : m_outside.clocksNow();
}

std::optional<std::uint64_t> FootprintReader::glancedInRead() const
{
    if (m_cgroup)
        return m_cgroup->reading().cpuNanoseconds;
    return m_proc.isLive ? std::optional(m_outside.clocksInRefresh()) : std::nullopt;
}

std::optional<std::uint64_t> FootprintReader::cgroupCpuNanoseconds() const
{
    return m_cgroup ? m_cgroup->reading().cpuNanoseconds : std::nullopt;
}

std::vector<pid_t> FootprintReader::pids(ReadBuffer& buffer)
{
    auto pids = m_outside.pids();
    listInside(buffer);
    m_isInsideAsked = true;
    pids.insert(pids.end(), m_insidePids.begin(), m_insidePids.end());
    return pids;
}

/// Below a monitor is the container; below the others are workers of their own.
ProcessRoles FootprintReader::roles(WorkloadKind kind) const
{
    ProcessRoles roles;
    if (kind == WorkloadKind::Vm && !m_rootPids.empty())
        roles.qemu = m_rootPids.front();
    for (const pid_t pid : m_helperPids) {
        const auto named = m_namedHelpers.find(pid);
        if (named != m_namedHelpers.end() && named->second.part == HelperPart::Monitor) {
            roles.helpers.push_back(pid);
            continue;
        }
        for (const auto* tree : { &m_outside, &m_inside }) {
            const auto family = tree->familyOf(pid);
            roles.helpers.insert(roles.helpers.end(), family.begin(), family.end());
        }
    }
    return roles;
}

void FootprintReader::listInside(ReadBuffer& buffer)
{
    m_roundsToMembers = kRoundsBetweenMembers;
    if (!m_cgroup || (m_cpuWhenListed && m_cpuWhenListed == m_cgroup->reading().cpuNanoseconds))
        return;
    m_cpuWhenListed = m_cgroup->reading().cpuNanoseconds;
    m_insidePids = m_cgroup->pids(buffer);
    m_inside.addRoots(m_insidePids);
}

bool FootprintReader::countsAllProcesses() const
{
    return m_inside.totals().isComplete && m_outside.totals().isComplete;
}

bool FootprintReader::isInside(pid_t pid) const
{
    const auto text = readFile(m_proc.root + "/" + std::to_string(pid) + "/cgroup", kMostTextBytes);
    return text && isInCgroup(*text, m_cgroupInMount);
}

/// By the name of its program, which a helper could change: it then counts among the other helpers.
std::optional<FootprintReader::HelperPart> FootprintReader::partOf(pid_t pid) const
{
    using namespace std::string_view_literals;
    static constexpr std::array kPrograms{ std::pair("slirp4netns"sv, HelperPart::Network),
        std::pair("pasta"sv, HelperPart::Network), std::pair("passt"sv, HelperPart::Network), // also pasta.avx2
        std::pair("port-relay"sv, HelperPart::Network), std::pair("virtiofsd"sv, HelperPart::FileSystem),
        std::pair("hull-monitor"sv, HelperPart::Monitor) };
    const auto name = readFile(m_proc.root + "/" + std::to_string(pid) + "/comm", kMostTextBytes);
    for (const auto& [program, part] : kPrograms) {
        if (name && name->starts_with(program))
            return part;
    }
    return std::nullopt;
}

/// False when the workload is gone.
bool FootprintReader::refresh(ReadBuffer& buffer)
{
    m_outside.refresh(buffer);
    const auto lives = [this](pid_t pid) { return m_outside.has(pid); };
    if (!m_cgroup)
        return std::any_of(m_rootPids.begin(), m_rootPids.end(), lives);
    if (!m_cgroup->refresh(buffer) || !m_cgroup->isPopulated())
        return false;
    refreshInside(buffer);
    return true;
}

/// Where the cgroup counts CPU time and disks, its processes are asked for resident memory alone. Each tick that would
/// cost half as much again as all the rest, so it is read when pids() has asked for them anyhow. Elsewhere it is read
/// when something ran in the cgroup, too, and who came in is looked for at once: a process that `exec` started has its
/// parent outside, so that the tree does not meet it.
void FootprintReader::refreshInside(ReadBuffer& buffer)
{
    const auto& reading = m_cgroup->reading();
    const bool hasRun = !reading.cpuNanoseconds || reading.cpuNanoseconds != m_cpuWhenRefreshed;
    const bool isFirst = !m_cpuWhenListed;
    m_roundsToMembers -= m_roundsToMembers > 0 ? 1 : 0;
    const bool tellsDisk = hasRun && !reading.hasIoController;
    m_isInsideRefreshed = isFirst || m_isInsideAsked || tellsDisk || m_areHelpersInside;
    if (!m_isInsideRefreshed)
        return;
    const bool areMembersChanged = tellsDisk && m_cgroup->areMembersChanged(buffer);
    if (isFirst || areMembersChanged || m_roundsToMembers == 0) // else the tree follows: orphans stay with its root
        listInside(buffer);
    m_inside.refresh(buffer);
    m_cpuWhenRefreshed = reading.cpuNanoseconds;
    m_isInsideAsked = false;
}

void FootprintReader::openNetwork()
{
    if (m_rootPids.empty())
        return;
    auto network = NetworkReader::open(m_proc, m_rootPids.front());
    if (network)
        m_network = *std::move(network);
    else
        m_networkError = std::move(network).error();
}

void FootprintReader::fillCpuAndMemory(Sample& sample) const
{
    const CgroupReading counted = m_cgroup ? m_cgroup->reading() : CgroupReading();
    const auto& inside = m_inside.totals(); // zero where there is no cgroup
    const auto& outside = m_outside.totals();
    sample.cpuNanoseconds = sumOf(counted.cpuNanoseconds.value_or(inside.cpuNanoseconds), outside.cpuNanoseconds,
        counted.cpuNanoseconds ? outside.isComplete : countsAllProcesses());
    sample.residentBytes = sumOf(inside.memoryBytes, outside.memoryBytes, countsAllProcesses());
    sample.kernelChargeBytes = m_cgroup ? counted.kernelBytes : Reading<std::uint64_t>(cgroupNeeds(sample.id.kind));
    sample.cgroupChargeBytes = m_cgroup ? counted.chargeBytes : Reading<std::uint64_t>(cgroupNeeds(sample.id.kind));
}

/// Throttled is the cgroup's own limit; a VM's has one for each thread below it.
void FootprintReader::fillStalls(Sample& sample, ReadBuffer& buffer)
{
    CgroupReading counted;
    counted.oomKills = counted.throttledNanoseconds = counted.cpuPressureNanoseconds = counted.memoryPressureNanoseconds
        = counted.ioPressureNanoseconds = counted.cpuFullNanoseconds = counted.memoryFullNanoseconds
        = counted.ioFullNanoseconds = cgroupNeeds(sample.id.kind);
    if (m_cgroup)
        counted = m_cgroup->reading();
    sample.oomKills = counted.oomKills;
    sample.stalls.throttled = counted.throttledNanoseconds;
    if (m_throttledBelow && sample.id.kind == WorkloadKind::Vm && counted.throttledNanoseconds)
        sample.stalls.throttled = *counted.throttledNanoseconds + m_throttledBelow->refresh(buffer);
    sample.stalls.cpu = counted.cpuPressureNanoseconds;
    sample.stalls.memory = counted.memoryPressureNanoseconds;
    sample.stalls.io = counted.ioPressureNanoseconds;
    sample.stalls.cpuFull = counted.cpuFullNanoseconds;
    sample.stalls.memoryFull = counted.memoryFullNanoseconds;
    sample.stalls.ioFull = counted.ioFullNanoseconds;
}

/// The container's side of the kernel's books: what a guest's kernel tells of a VM.
void FootprintReader::fillInsideView(Sample& sample) const
{
    const bool isCounted = m_cgroup.has_value();
    const CgroupReading counted = isCounted ? m_cgroup->reading() : CgroupReading();
    const auto orNeeds = [isCounted](const Reading<std::uint64_t>& figure) {
        return isCounted ? figure : Reading<std::uint64_t>(Needs::CgroupOfItsOwn);
    };
    sample.guest.memoryUsedBytes = orNeeds(counted.usedBytes);
    sample.guest.memoryCacheBytes = orNeeds(counted.cacheBytes);
    sample.guest.swapUsedBytes = orNeeds(counted.swapBytes);
    sample.guest.cpuNanoseconds = { counted.cpuNanoseconds, Needs::CgroupOfItsOwn };
}

/// Below a monitor is the container; below the others are workers of their own.
std::optional<std::uint64_t> FootprintReader::costOf(pid_t helper, HelperPart part) const
{
    const bool isOutside = m_outside.has(helper);
    if (!isOutside && !m_inside.has(helper))
        return std::nullopt;
    if (part == HelperPart::Monitor)
        return (isOutside ? m_outside : m_inside).ownCpuNanoseconds(helper);
    return m_outside.cpuNanosecondsFrom(helper) + m_inside.cpuNanosecondsFrom(helper);
}

/// Without one that was not read yet a part would be too small.
void FootprintReader::fillNamedHelpers(Sample& sample)
{
    CpuParts& parts = sample.cpuParts;
    parts.networkHelpers = Needs::NetworkHelper;
    parts.fileSystemHelpers = Needs::FileSystemHelper;
    parts.monitor = Needs::Monitor;
    std::set<HelperPart> begun;
    for (auto& [pid, helper] : m_namedHelpers) {
        if (const auto now = costOf(pid, helper.part))
            helper.nanoseconds = helper.nanoseconds ? std::max(*helper.nanoseconds, *now) : *now;
        auto& figure = helper.part == HelperPart::Monitor ? parts.monitor
            : helper.part == HelperPart::Network          ? parts.networkHelpers
                                                          : parts.fileSystemHelpers;
        const bool isFirst = begun.insert(helper.part).second;
        if (!helper.nanoseconds || (!isFirst && !figure))
            figure = Needs::EveryProcess;
        else
            figure = (isFirst ? 0 : *figure) + *helper.nanoseconds;
    }
}

/// Without a cgroup the monitor and what it watches are one tree: it counts short-lived children through their parents.
void FootprintReader::fillContainerParts(Sample& sample) const
{
    CpuParts& parts = sample.cpuParts;
    parts.vcpus = parts.ioThreads = parts.vhost = parts.emulator = sample.stalls.stolen = Needs::VirtualCpus;
    const bool isApart = m_cgroup && m_cgroup->reading().cpuNanoseconds;
    parts.helpers = isApart ? sumOf(0, m_outside.totals().cpuNanoseconds, m_outside.totals().isComplete)
                            : Reading<std::uint64_t>(Needs::CgroupOfItsOwn);
}

/// The emulator is what remains of QEMU, the helpers what remains of the whole: no thread that came and went is missed.
void FootprintReader::fillVmParts(Sample& sample, ReadBuffer& buffer)
{
    CpuParts& parts = sample.cpuParts;
    if (!m_qemu && !m_rootPids.empty()) {
        if (auto opened
            = QemuThreads::open(m_proc, m_rootPids.front(), [this](pid_t pid) { return m_cgroup && isInside(pid); }))
            m_qemu = *std::move(opened);
    }
    const bool isRead = m_qemu && m_qemu->refresh(buffer);
    if (isRead && sample.cpuNanoseconds)
        sample.cpuNanoseconds = *sample.cpuNanoseconds + m_qemu->cpu().vhostUncounted;
    if (!isRead || !m_qemu->hasVcpus() || !sample.cpuNanoseconds) {
        const bool isYoung = ++m_roundsWithoutVcpus < kRoundsToMakeVcpus;
        const Needs unnamed = isYoung ? Needs::FirstReading : Needs::ThreadNames;
        const Needs needs = sample.cpuNanoseconds ? unnamed : sample.cpuNanoseconds.needs();
        parts.vcpus = parts.ioThreads = parts.vhost = parts.emulator = parts.helpers = sample.stalls.stolen = needs;
        return;
    }
    const QemuCpu& cpu = m_qemu->cpu();
    const auto remains = [](std::uint64_t whole, std::uint64_t part) { return whole - std::min(whole, part); };
    const std::uint64_t named = cpu.vcpus + cpu.ioThreads + cpu.vhost - cpu.vhostApart;
    m_emulatorNanoseconds = std::max(m_emulatorNanoseconds, remains(cpu.process, named));
    m_helperNanoseconds = std::max(m_helperNanoseconds, remains(*sample.cpuNanoseconds, cpu.process + cpu.vhostApart));
    parts.vcpus = cpu.vcpus;
    parts.ioThreads = cpu.ioThreads;
    parts.vhost
        = m_qemu->knowsVhost() ? Reading<std::uint64_t>(cpu.vhost) : Reading<std::uint64_t>(Needs::KernelThreads);
    parts.emulator = m_emulatorNanoseconds;
    parts.helpers = m_helperNanoseconds;
    sample.stalls.stolen = cpu.vcpuWait;
}

/// Those of a VM without an io controller are libvirt's to tell.
void FootprintReader::fillRequests(Sample& sample) const
{
    const CgroupReading counted = m_cgroup ? m_cgroup->reading() : CgroupReading();
    if (!counted.hasIoController && sample.id.kind == WorkloadKind::Vm)
        return;
    sample.diskRequests.reads = m_cgroup ? counted.diskReads : Reading<std::uint64_t>(Needs::CgroupOfItsOwn);
    sample.diskRequests.writes = m_cgroup ? counted.diskWrites : Reading<std::uint64_t>(Needs::CgroupOfItsOwn);
}

void FootprintReader::fillDisk(Sample& sample) const
{
    fillRequests(sample);
    const auto& inside = m_inside.totals();
    const auto& outside = m_outside.totals();
    const CgroupReading counted = m_cgroup ? m_cgroup->reading() : CgroupReading();
    const bool isCounted = counted.hasIoController;
    if (!outside.isDiskReadable || (!isCounted && !inside.isDiskReadable)) {
        sample.diskReadBytes = sample.diskWrittenBytes = Needs::IoRights;
        return;
    }
    if (isCounted && !counted.diskReadBytes) {
        sample.diskReadBytes = sample.diskWrittenBytes = counted.diskReadBytes.needs();
        return;
    }
    const bool isWhole = outside.isComplete && (isCounted || inside.isComplete);
    sample.diskReadBytes
        = sumOf(isCounted ? *counted.diskReadBytes : inside.diskReadBytes, outside.diskReadBytes, isWhole);
    sample.diskWrittenBytes
        = sumOf(isCounted ? *counted.diskWrittenBytes : inside.diskWrittenBytes, outside.diskWrittenBytes, isWhole);
}

/// The kernel adds up all devices for its readers, a quarter of what a sleeping container costs; and nothing goes
/// through a network without taking CPU time, its helper's at least.
bool FootprintReader::isNetworkDue(const Reading<std::uint64_t>& cpuNanoseconds)
{
    const bool isResting = m_cgroup && cpuNanoseconds && m_cpuAtNetwork
        && *cpuNanoseconds - std::min(*m_cpuAtNetwork, *cpuNanoseconds) < kLittleNanoseconds;
    if (isResting && ++m_networksSpared < kRoundsBetweenNetworks)
        return false;
    m_networksSpared = m_cpuAtNetwork ? 0 : kRoundsBetweenNetworks - 1; // a rate needs a second one
    m_cpuAtNetwork = cpuNanoseconds;
    return true;
}

void FootprintReader::fillNetwork(Sample& sample, ReadBuffer& buffer)
{
    const auto setAll = [&sample](Needs needs) {
        sample.networkReceivedBytes = sample.networkSentBytes = sample.networkReceivedPackets
            = sample.networkSentPackets = needs;
    };
    if (m_network && !isNetworkDue(sample.cpuNanoseconds))
        return setAll(Needs::NextNetworkReading);
    const auto bytes = m_network ? m_network->read(buffer) : std::nullopt;
    if (!bytes)
        return setAll(networkNeeds(m_networkError, sample.id.kind));
    sample.networkReceivedPackets = bytes->receivedPackets;
    sample.networkSentPackets = bytes->sentPackets;
    sample.networkReceivedBytes = bytes->received;
    sample.networkSentBytes = bytes->sent;
}

} // namespace twinhull
