// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/process_reader.h"

#include <map>
#include <string>
#include <string_view>

namespace twinhull {

/// The part of a v2 path of /proc/PID/cgroup that ends with the group libvirt's system service made for that domain: a
/// scope of systemd's (machine-qemu\x2dID\x2dNAME.scope), or its own (qemu-ID-NAME.libvirt-qemu) where there is no
/// systemd. Below it are groups of its threads (libvirt/emulator, libvirt/vcpu0 …). Empty where no part of the path is
/// one: a session's VM lives in a group of its user's programs.
std::string_view machineGroupIn(std::string_view path, int domainId);

/// Absolute path of the cgroup v2 that holds that QEMU, its helpers and nothing else; empty where it has none.
/// `mount`: the v2 tree; empty: where this computer has it.
std::string machineCgroupOf(const ProcTree& proc, pid_t qemu, int domainId, const std::string& mount = {});

/// How long the limits of the groups below a cgroup kept their tasks from running, in nanoseconds: cpu.stat of a group
/// tells its own limit's alone, and libvirt sets one for each virtual processor.
class ThrottledBelow {
public:
    explicit ThrottledBelow(std::string cgroup) : m_cgroup(std::move(cgroup)) { }

    std::uint64_t refresh(ReadBuffer& buffer); ///< monotone: groups that went away stay counted

private:
    struct Group {
        KeptFile cpuStat;
        std::uint64_t microseconds = 0;
        bool isGone = false;
    };
    void findGroups(const std::string& folder, int depth);

    std::string m_cgroup;
    std::map<std::string, Group, std::less<>> m_groups;
    std::uint64_t m_ofGone = 0;
    unsigned m_round = 0;
};

} // namespace twinhull
