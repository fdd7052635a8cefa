// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/workload/workload_provider.h"

#include <QString>

#include <chrono>
#include <optional>

namespace twinhull {

/// What hardware virtualization is worth on this computer.
enum class KvmVerdict {
    Usable,
    NoDevice, ///< no /dev/kvm
    NoPermission, ///< /dev/kvm is there and closed to us
    NoHardware, ///< /dev/kvm opens, but the processor shows neither VMX nor SVM
    GuestsDoNotRun, ///< /dev/kvm opens, and yet a guest of a few instructions does not get through
};

/// True when the flags of /proc/cpuinfo name hardware virtualization.
bool hasVirtualizationFlag(const std::string& cpuinfo);

/// Runs a guest of five instructions in 64-bit mode in a child process that is killed at the deadline: the only proof
/// that KVM works, because /dev/kvm may open and lie. Blocks.
KvmVerdict probeKvm(std::chrono::milliseconds deadline = std::chrono::seconds(2));

/// The verdict for this kernel, processor and boot: from cache/kvm-verdict.json, else probed and kept. What a person
/// can change without a reboot (device, permission) is asked each time. Blocks for the probe's deadline at most.
KvmVerdict rememberedKvmVerdict(const DataFolders& folders);

/// What the person should know of it; nothing when KVM is usable.
std::optional<HostNotice> noticeFor(KvmVerdict verdict);

} // namespace twinhull
