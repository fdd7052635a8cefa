// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/process_tree.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr unsigned kRoundsBetweenFullReadings = 10;
constexpr unsigned kRoundsAsleep = 30; // of what slept since the latest full reading: only reclaim changes it
constexpr std::int64_t kClockTick = 10'000'000; // reaped times come in ticks, own times in nanoseconds
constexpr std::size_t kMostMembers = 4096; // a fork bomb must not become ours

void addCounters(ProcessReading& sum, const ProcessReading& more, ProcessReader::Disk disk)
{
    sum.ownCpuNanoseconds += more.ownCpuNanoseconds + more.reapedCpuNanoseconds;
    if (disk == ProcessReader::Disk::OwnOnly)
        return;
    sum.diskReadBytes = sum.diskReadBytes.value_or(0) + more.diskReadBytes.value_or(0);
    sum.diskWrittenBytes = sum.diskWrittenBytes.value_or(0) + more.diskWrittenBytes.value_or(0);
}

std::uint64_t growth(std::uint64_t now, std::uint64_t before)
{
    return now > before ? now - before : 0;
}

std::uint64_t growth(
    std::optional<std::uint64_t> now, std::optional<std::uint64_t> before, std::optional<std::uint64_t> ended)
{
    return growth(now.value_or(0), before.value_or(0) + ended.value_or(0));
}

} // namespace

void ProcessTree::refresh(ReadBuffer& buffer)
{
    ++m_round;
    m_isChanged = false;
    refreshMembers(buffer);
    adoptRoots(buffer);
    creditEnded(buffer);
    countGrowth();
    dropGone();
}

std::vector<pid_t> ProcessTree::pids() const
{
    std::vector<pid_t> pids;
    pids.reserve(m_members.size());
    for (const auto& member : m_members)
        pids.push_back(member.reader.pid());
    return pids;
}

void ProcessTree::adoptRoots(ReadBuffer& buffer)
{
    for (const pid_t root : m_newRoots)
        adopt(root, std::nullopt, buffer);
    m_newRoots.clear();
}

/// With its descendants. `parent`: it must still be this one's child, else the number is another process's by now.
void ProcessTree::adopt(pid_t pid, std::optional<pid_t> parent, ReadBuffer& buffer)
{
    if (m_index.contains(pid) || (m_filter && !m_filter(pid)))
        return;
    if (m_members.size() >= kMostMembers) {
        m_totals.isComplete = false;
        return;
    }
    auto reader = ProcessReader::open(m_proc, pid, m_disk);
    if (!reader || reader->refresh(ProcessReader::Depth::Everything, buffer) == ProcessReader::State::Gone)
        return;
    if (parent && reader->reading().parent != *parent)
        return;
    m_index.emplace(pid, m_members.size());
    m_members.push_back({ *std::move(reader), {}, 0, {}, false, false });
    m_isChanged = true;
    adoptChildrenOf(m_members.size() - 1, ProcessReader::Depth::Everything, buffer);
}

/// Parents are read before their children: a child that was still there when it was read cannot have been waited for
/// when its parent was.
void ProcessTree::refreshMembers(ReadBuffer& buffer)
{
    const std::size_t known = m_members.size();
    for (std::size_t i = 0; i < known; ++i) {
        Member& member = m_members[i];
        const unsigned round = m_round + static_cast<unsigned>(member.reader.pid());
        const bool isPatient = m_usualDepth == ProcessReader::Depth::WhatMoved && !member.isStirred;
        const bool isFull = round % (isPatient ? kRoundsAsleep : kRoundsBetweenFullReadings) == 0;
        const auto depth = isFull ? ProcessReader::Depth::Everything : m_usualDepth;
        const auto state = member.reader.refresh(depth, buffer);
        member.isGone = state == ProcessReader::State::Gone;
        member.isStirred = !isFull && (member.isStirred || state != ProcessReader::State::Asleep);
        if (state == ProcessReader::State::Read || state == ProcessReader::State::Stirred)
            adoptChildrenOf(i, depth, buffer);
    }
}

void ProcessTree::adoptChildrenOf(std::size_t member, ProcessReader::Depth depth, ReadBuffer& buffer)
{
    const pid_t parent = m_members[member].reader.pid();
    const std::size_t first = m_children.size();
    if (!m_members[member].reader.appendChildren(depth, buffer, m_children))
        m_totals.isComplete = false;
    for (std::size_t i = first; i < m_children.size(); ++i) // adopt() uses the room behind and gives it back
        adopt(m_children[i], parent, buffer);
    m_children.resize(first);
}

/// What ended goes to the nearest ancestor that lives; that one is read again, for it may have waited after it was
/// read.
void ProcessTree::creditEnded(ReadBuffer& buffer)
{
    for (auto& member : m_members) {
        if (!member.isGone)
            continue;
        m_isChanged = true;
        Member* ancestor = livingAncestorOf(member);
        if (ancestor == nullptr)
            continue;
        addCounters(ancestor->ended, member.counted, m_disk);
        (void)ancestor->reader.refresh(ProcessReader::Depth::Everything, buffer); // gone by now: told next time
    }
}

std::optional<std::uint64_t> ProcessTree::ownCpuNanoseconds(pid_t pid) const
{
    const auto found = m_index.find(pid);
    if (found == m_index.end())
        return std::nullopt;
    return m_members[found->second].reader.reading().ownCpuNanoseconds;
}

std::uint64_t ProcessTree::cpuNanosecondsFrom(pid_t pid) const
{
    std::vector<pid_t> family{ pid };
    std::uint64_t total = ownCpuNanoseconds(pid).value_or(0);
    for (const auto& member : m_members) { // parents come before their children
        if (std::find(family.begin(), family.end(), member.reader.reading().parent) == family.end())
            continue;
        family.push_back(member.reader.pid());
        total += member.reader.reading().ownCpuNanoseconds;
    }
    return total;
}

std::optional<std::uint64_t> ProcessTree::clocksNow() const
{
    std::uint64_t total = 0;
    for (const auto& member : m_members) {
        const auto clock = member.reader.clockNanoseconds();
        if (!clock)
            return std::nullopt;
        total += *clock;
    }
    return total;
}

std::uint64_t ProcessTree::clocksInRefresh() const
{
    std::uint64_t total = 0;
    for (const auto& member : m_members)
        total += member.reader.reading().ownCpuNanoseconds;
    return total;
}

std::vector<pid_t> ProcessTree::familyOf(pid_t pid) const
{
    std::vector<pid_t> family;
    if (!m_index.contains(pid))
        return family;
    family.push_back(pid);
    for (const auto& member : m_members) { // parents come before their children
        if (std::find(family.begin(), family.end(), member.reader.reading().parent) != family.end())
            family.push_back(member.reader.pid());
    }
    return family;
}

ProcessTree::Member* ProcessTree::livingAncestorOf(const Member& member)
{
    const Member* current = &member;
    for (std::size_t steps = 0; steps < m_members.size(); ++steps) {
        const auto found = m_index.find(current->reader.reading().parent);
        if (found == m_index.end())
            return nullptr;
        if (!m_members[found->second].isGone)
            return &m_members[found->second];
        current = &m_members[found->second];
    }
    return nullptr;
}

void ProcessTree::countGrowth()
{
    m_totals.memoryBytes = 0;
    m_totals.isDiskReadable = true;
    for (auto& member : m_members) {
        if (!member.isGone)
            countGrowthOf(member);
    }
}

void ProcessTree::countGrowthOf(Member& member)
{
    const auto& now = member.reader.reading();
    const auto& before = member.counted;
    m_totals.memoryBytes += now.memoryBytes;
    m_totals.isDiskReadable = m_totals.isDiskReadable && now.diskReadBytes.has_value();
    m_totals.cpuNanoseconds += growth(now.ownCpuNanoseconds, before.ownCpuNanoseconds);
    if (!m_filter)
        countReaped(member);
    m_totals.diskReadBytes += growth(now.diskReadBytes, before.diskReadBytes, member.ended.diskReadBytes);
    m_totals.diskWrittenBytes += growth(now.diskWrittenBytes, before.diskWrittenBytes, member.ended.diskWrittenBytes);
    member.counted = now;
    member.ended = {};
}

void ProcessTree::countReaped(Member& member)
{
    const auto gained = growth(member.reader.reading().reapedCpuNanoseconds, member.counted.reapedCpuNanoseconds);
    member.reapedBalance
        += static_cast<std::int64_t>(gained) - static_cast<std::int64_t>(member.ended.ownCpuNanoseconds);
    m_totals.cpuNanoseconds += static_cast<std::uint64_t>(std::max<std::int64_t>(member.reapedBalance, 0));
    member.reapedBalance = std::clamp<std::int64_t>(member.reapedBalance, -kClockTick, 0);
}

void ProcessTree::dropGone()
{
    const auto removed = std::erase_if(m_members, [](const Member& member) { return member.isGone; });
    if (removed == 0)
        return;
    m_index.clear();
    for (std::size_t i = 0; i < m_members.size(); ++i)
        m_index.emplace(m_members[i].reader.pid(), i);
}

} // namespace twinhull
