// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/cgroup_reader.h"
#include "core/metrics/detail_reader.h"
#include "core/metrics/machine_cgroup.h"
#include "core/metrics/network_reader.h"
#include "core/metrics/process_tree.h"
#include "core/metrics/qemu_threads.h"
#include "core/metrics/sample.h"

#include <map>

namespace twinhull {

/// Reads one workload through its footprint, again and again. CPU and disk figures that its cgroup
/// counts come from there, plus the processes that stand outside of it; all others come from its process trees.
/// Resident memory of what is in a cgroup that counts CPU and disk is read after pids() was asked for. Of one that does
/// not count disks, what a process did after its last reading is missing, unless its parent is in the cgroup, too.
class FootprintReader {
public:
    FootprintReader(const ProcTree& proc, const HostFootprint& footprint);
    FootprintReader(const FootprintReader&) = delete;
    FootprintReader& operator=(const FootprintReader&) = delete;

    /// The same roots and cgroup with other helpers: new ones are counted from now on, none is dropped while it lives.
    void setHelpers(const HostFootprint& footprint);

    /// Fills all host figures but PSS, each with a value or what it needs. False when no root of it lives any more.
    bool read(Sample& sample, ReadBuffer& buffer);

    /// Whether it works is seen by this between two calls of read(), for a twentieth of their cost: CPU time of its
    /// cgroup, or where it has none of the processes that the latest read() knew. None where it is gone or not told.
    std::optional<std::uint64_t> glance(ReadBuffer& buffer) const;
    std::optional<std::uint64_t> glancedInRead() const; ///< what a glance in the moment of the latest read() had told
    /// CPU time of its cgroup in the latest read().
    std::optional<std::uint64_t> cgroupCpuNanoseconds() const;

    /// Whether read() found every process; else sums over them are too small.
    bool countsAllProcesses() const;
    /// All processes that read() counts; the next one reads the resident memory of all of them. A cgroup that did not
    /// run since it was asked is not asked again: who comes in or leaves takes CPU time.
    std::vector<pid_t> pids(ReadBuffer& buffer);
    /// Of those, as of the latest read.
    ProcessRoles roles(WorkloadKind kind) const;
    /// Whether processes came or went in the latest read, as far as is known without asking.
    bool arePidsChanged() const { return m_outside.isChanged() || (m_isInsideRefreshed && m_inside.isChanged()); }

private:
    enum class HelperPart { Network, FileSystem, Monitor };
    struct PartCost {
        HelperPart part;
        std::optional<std::uint64_t> nanoseconds = {}; ///< of CPU, so far; none: not read yet
    };

    bool isInside(pid_t pid) const;
    std::optional<HelperPart> partOf(pid_t pid) const;
    std::optional<std::uint64_t> costOf(pid_t helper, HelperPart part) const; ///< of CPU; none where it is not read
    bool refresh(ReadBuffer& buffer);
    void refreshInside(ReadBuffer& buffer);
    void listInside(ReadBuffer& buffer);
    void openNetwork();
    void fillCpuAndMemory(Sample& sample) const;
    void fillStalls(Sample& sample, ReadBuffer& buffer);
    void fillInsideView(Sample& sample) const;
    void fillNamedHelpers(Sample& sample);
    void fillContainerParts(Sample& sample) const;
    void fillVmParts(Sample& sample, ReadBuffer& buffer);
    void fillRequests(Sample& sample) const;
    void fillDisk(Sample& sample) const;
    bool isNetworkDue(const Reading<std::uint64_t>& cpuNanoseconds);
    void fillNetwork(Sample& sample, ReadBuffer& buffer);

    ProcTree m_proc;
    std::vector<pid_t> m_rootPids;
    std::vector<pid_t> m_helperPids; ///< all that were ever named
    std::optional<CgroupReader> m_cgroup;
    std::optional<ThrottledBelow> m_throttledBelow; ///< of a VM's cgroup
    std::string m_cgroupInMount; ///< as /proc/PID/cgroup writes it
    ProcessTree m_outside; ///< everything where there is no cgroup
    ProcessTree m_inside; ///< what is in the cgroup: for resident memory, and where that lacks a controller
    std::vector<pid_t> m_insidePids; ///< as the cgroup listed them
    std::optional<std::uint64_t> m_cpuWhenListed; ///< of the cgroup; none: never listed
    std::optional<std::uint64_t> m_cpuWhenRefreshed;
    unsigned m_roundsToMembers = 0;
    bool m_isInsideRefreshed = false; ///< in the latest round
    bool m_areHelpersInside = false; ///< libvirt puts them into the VM's cgroup
    bool m_isInsideAsked = false; ///< since the latest round that refreshed it
    std::optional<QemuThreads> m_qemu; ///< of a VM
    unsigned m_roundsWithoutVcpus = 0;
    std::uint64_t m_emulatorNanoseconds = 0; ///< the largest so far, as the next
    std::uint64_t m_helperNanoseconds = 0;
    std::map<pid_t, PartCost> m_namedHelpers; ///< ended ones too
    std::optional<NetworkReader> m_network;
    std::optional<std::uint64_t> m_cpuAtNetwork; ///< of the whole, when it was read; none: never
    unsigned m_networksSpared = 0;
    std::optional<Error> m_networkError;
};

} // namespace twinhull
