// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/footprint_reader.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr unsigned kRoundsBetweenMembers = 5;

void addSentence(QString& text, const QString& sentence)
{
    if (sentence.isEmpty())
        return;
    if (!text.isEmpty())
        text += QLatin1Char(' ');
    text += sentence;
}

} // namespace

FootprintReader::FootprintReader(const ProcTree& proc, const HostFootprint& footprint)
    : m_proc(proc), m_rootPids(footprint.rootPids), m_outside(proc), m_inside(proc)
{
    const std::string path = footprint.cgroupPath.toStdString();
    auto cgroup = path.empty() ? Result<CgroupReader>(Error{}) : CgroupReader::open(path);
    if (cgroup) {
        m_cgroup = *std::move(cgroup);
        m_cgroupInMount = path.substr(cgroupMountOf(path).size());
        m_filterBuffer = std::make_unique<ReadBuffer>();
        m_outside.setFilter([this](pid_t pid) { return !isInside(pid); });
        m_inside.setFilter([this](pid_t pid) { return isInside(pid); });
    }
    setHelpers(footprint);
    m_outside.addRoots(m_rootPids); // after the helpers: a monitor is the parent of what it watches
    openNetwork();
}

void FootprintReader::setHelpers(const HostFootprint& footprint)
{
    m_note = footprint.figuresNote;
    m_outside.addRoots(footprint.helperPids);
}

bool FootprintReader::read(Sample& sample, ReadBuffer& buffer)
{
    if (!refresh(buffer))
        return false;
    fillCpuAndMemory(sample);
    fillDisk(sample);
    fillNetwork(sample, buffer);
    addMissing(sample);
    return true;
}

std::vector<pid_t> FootprintReader::pids(ReadBuffer& buffer) const
{
    auto pids = m_outside.pids();
    const auto inside = m_cgroup ? m_cgroup->pids(buffer) : std::vector<pid_t>();
    pids.insert(pids.end(), inside.begin(), inside.end());
    return pids;
}

bool FootprintReader::isInside(pid_t pid)
{
    const auto file = KeptFile::open(m_proc.root + "/" + std::to_string(pid) + "/cgroup");
    const auto text = file ? file->read(*m_filterBuffer) : Result<std::string_view>(Error{});
    return text && isInCgroup(*text, m_cgroupInMount);
}

bool FootprintReader::countsAllInside() const
{
    const auto& reading = m_cgroup->reading();
    return reading.cpuNanoseconds && reading.memoryBytes && reading.diskReadBytes;
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
    if (countsAllInside())
        return true;
    if (m_round++ % kRoundsBetweenMembers == 0) // in between the tree follows by itself: orphans stay with its root
        m_inside.addRoots(m_cgroup->pids(buffer));
    m_inside.refresh(buffer);
    return true;
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
    sample.cpuNanoseconds = counted.cpuNanoseconds.value_or(inside.cpuNanoseconds) + outside.cpuNanoseconds;
    sample.memoryBytes = counted.memoryBytes.value_or(inside.memoryBytes) + outside.memoryBytes;
}

void FootprintReader::fillDisk(Sample& sample) const
{
    const auto& inside = m_inside.totals();
    const auto& outside = m_outside.totals();
    const bool isCounted = m_cgroup && m_cgroup->reading().diskReadBytes;
    if (!outside.isDiskReadable || (!isCounted && !inside.isDiskReadable))
        return;
    const CgroupReading counted = isCounted ? m_cgroup->reading() : CgroupReading();
    sample.diskReadBytes = counted.diskReadBytes.value_or(inside.diskReadBytes) + outside.diskReadBytes;
    sample.diskWrittenBytes = counted.diskWrittenBytes.value_or(inside.diskWrittenBytes) + outside.diskWrittenBytes;
}

void FootprintReader::fillNetwork(Sample& sample, ReadBuffer& buffer) const
{
    const auto bytes = m_network ? m_network->read(buffer) : std::nullopt;
    if (!bytes)
        return;
    sample.networkReceivedBytes = bytes->received;
    sample.networkSentBytes = bytes->sent;
}

void FootprintReader::addMissing(Sample& sample) const
{
    addSentence(sample.missing, m_note);
    if (!sample.diskReadBytes)
        addSentence(sample.missing, QStringLiteral("Disk figures need permission to read /proc/PID/io."));
    if (!m_outside.totals().isComplete || !m_inside.totals().isComplete)
        addSentence(sample.missing, QStringLiteral("Some of its processes are not counted."));
    if (!m_networkError)
        return;
    if (m_networkError->code == ErrorCode::PermissionDenied)
        addSentence(sample.missing, QStringLiteral("Network figures need permission to read /proc/PID/ns/net."));
    else if (m_networkError->code == ErrorCode::Unsupported && sample.id.kind == WorkloadKind::Container)
        addSentence(
            sample.missing, QStringLiteral("It has no network figures of its own: it shares the host's network."));
}

} // namespace twinhull
