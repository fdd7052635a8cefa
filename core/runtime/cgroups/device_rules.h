// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

#include <linux/bpf.h>

#include <vector>

namespace twinhull::runtime {

/// A program of type BPF_PROG_TYPE_CGROUP_DEVICE (cgroup-v2.rst, "Device controller") for linux.resources.devices: the
/// last rule that matches decides, and where none does the device is allowed. The devices that every container has
/// (config-linux.md, "Default Devices") and making nodes, which opens nothing, are allowed whatever the rules say.
std::vector<bpf_insn> deviceProgram(const std::vector<oci::DeviceRule>& rules);

/// Whether any rule takes a device away: else no program is needed.
bool deniesDevices(const std::vector<oci::DeviceRule>& rules);

/// Whether all that the rules take away is "everything": what a user namespace, whose mounts are nodev, gives anyway.
bool deniesOnlyAll(const std::vector<oci::DeviceRule>& rules);

} // namespace twinhull::runtime
