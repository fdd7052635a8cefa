// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/comparison.h"
#include "core/workload/workload_provider.h"

namespace twinhull {

/// Where the kernel's files are; others in tests.
struct MachineRoots {
    std::string proc = "/proc";
    std::string sys = "/sys";
};

/// This computer as the kernel describes it (uname, sysconf, /proc, /sys), now. `notices` are what the provider of VMs
/// says of hardware virtualization. What cannot be read says what it needs; no fact is empty. What the VMs ran with and
/// which programs they were is known only once one runs: addEngineFacts(). Small files; microseconds.
MachineFacts readMachineFacts(const std::vector<HostNotice>& notices, const MachineRoots& roots = {});

/// Adds the version of the QEMU that runs as `pid` (its executable is asked) and of the installed libvirt. Blocks:
/// starts two programs.
std::vector<MachineFact> readEngineFacts(pid_t pid);

} // namespace twinhull
