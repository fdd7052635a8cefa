// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/process_reader.h"

#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

namespace twinhull {

/// What a set of processes cost together.
struct TreeTotals {
    std::uint64_t cpuNanoseconds = 0; ///< monotone: what ended processes have used stays in it
    std::uint64_t memoryBytes = 0; ///< of those that live now
    std::uint64_t diskReadBytes = 0; ///< monotone
    std::uint64_t diskWrittenBytes = 0; ///< monotone
    bool isDiskReadable = true; ///< false: at least one process may not be asked
    bool isComplete = true; ///< false: this kernel does not tell children, or there were too many
};

/// Some processes and all their descendants, read again and again.
///
/// A process that ended and was waited for is in its parent's counters from then on; the tree therefore counts
/// growth: what a parent gained minus what was already counted of the children that ended. Short-lived children that
/// were never seen count through their parents. A descendant stays in the tree when its parent ends before it.
class ProcessTree {
public:
    /// Chooses which processes belong; those below one that does not are not looked for. With a filter the CPU time of
    /// children that were waited for is left out, because they may have been others' (of a cgroup that counts by
    /// itself).
    using Filter = std::function<bool(pid_t)>;

    explicit ProcessTree(ProcTree proc) : m_proc(std::move(proc)) { }

    /// Ancestors first, where one root descends from another. Adds to those that are there; each is tried once, in the
    /// next refresh.
    void addRoots(std::span<const pid_t> roots) { m_newRoots.insert(m_newRoots.end(), roots.begin(), roots.end()); }
    void setFilter(Filter filter) { m_filter = std::move(filter); }
    /// For those beside a cgroup, whose children may have been its own: what a member's children did on disks counts
    /// while they are members, and not once more when it waited for them (ProcessReader::Disk::OwnOnly).
    void leaveOutDiskOfReaped() { m_disk = ProcessReader::Disk::OwnOnly; }
    /// How much of a member is read between the full readings of each tenth refresh. With WhatMoved, which is for
    /// helpers that look at the time now and then, one that slept is read fully each thirtieth.
    void setUsualDepth(ProcessReader::Depth depth) { m_usualDepth = depth; }

    void refresh(ReadBuffer& buffer);

    const TreeTotals& totals() const { return m_totals; }
    bool has(pid_t pid) const { return m_index.contains(pid); }
    /// Of a member, without what it reaped; nothing for others.
    std::optional<std::uint64_t> ownCpuNanoseconds(pid_t pid) const;
    /// The same with all members below it that live.
    std::uint64_t cpuNanosecondsFrom(pid_t pid) const;
    /// The CPU clocks of all members, added up: a glance that reads nothing and changes nothing. None where one of them
    /// ended meanwhile.
    std::optional<std::uint64_t> clocksNow() const;
    std::uint64_t clocksInRefresh() const; ///< the same as the latest refresh read them
    std::vector<pid_t> familyOf(pid_t pid) const; ///< it and all members below it; empty for others
    std::vector<pid_t> pids() const;
    bool isChanged() const { return m_isChanged; } ///< members came or went in the latest refresh

private:
    struct Member {
        ProcessReader reader;
        ProcessReading counted; ///< what is in the totals already
        std::int64_t reapedBalance = 0; ///< CPU of ended children: gained minus counted before, at least -1 tick
        ProcessReading ended; ///< counters of children that ended since the last refresh
        bool isGone = false;
        bool isStirred = false; ///< it ran since its latest full reading
    };

    void adoptRoots(ReadBuffer& buffer);
    void adopt(pid_t pid, std::optional<pid_t> parent, ReadBuffer& buffer);
    void refreshMembers(ReadBuffer& buffer);
    void adoptChildrenOf(std::size_t member, ProcessReader::Depth depth, ReadBuffer& buffer);
    void creditEnded(ReadBuffer& buffer);
    Member* livingAncestorOf(const Member& member);
    void countGrowth();
    void countGrowthOf(Member& member);
    void countReaped(Member& member);
    void dropGone();

    ProcTree m_proc;
    Filter m_filter;
    ProcessReader::Disk m_disk = ProcessReader::Disk::WithReaped;
    ProcessReader::Depth m_usualDepth = ProcessReader::Depth::WhatChanged;
    std::vector<pid_t> m_newRoots;
    std::vector<Member> m_members; ///< in the order of discovery: parents before their children
    std::unordered_map<pid_t, std::size_t> m_index;
    std::vector<pid_t> m_children; ///< scratch
    TreeTotals m_totals;
    unsigned m_round = 0;
    bool m_isChanged = false;
};

} // namespace twinhull
