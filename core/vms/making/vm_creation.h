// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/guest_kernel.h"
#include "core/ipc/guest_setup.h"
#include "core/images/image_info.h"
#include "core/vms/domain/domain_writer.h"
#include "core/vms/vm_actions.h"
#include "core/workload/machine_import.h"

#include <optional>

namespace twinhull {

/// What a VM is made from, found on the GUI thread before the work starts.
struct VmIngredients {
    WorkloadPlan plan;
    DomainEngine engine = DomainEngine::Tcg;
    std::optional<ImageInfo> image; ///< with an ImageSource
    QString rootDiskPath; ///< of that image
    std::optional<MachineImport> machine = {}; ///< where more is asked than the plan says; its plan is the one above
};

/// Sizes of a VM whose plan says nothing.
constexpr std::uint64_t kDefaultImageVmBytes = std::uint64_t{ 256 } << 20U;
constexpr std::uint64_t kDefaultPlainVmBytes = std::uint64_t{ 2 } << 30U;
/// The most that an image VM may write; the file grows with what is written.
constexpr std::uint64_t kOverlayBytes = std::uint64_t{ 10 } << 30U;

/// What can be refused without asking anybody: a bad name, limits no VM can have, too much memory for this host, mounts
/// of host folders (not for VMs yet), a medium that is not there.
/// Of a host that is another computer media are not looked at.
Result<> checkPlan(
    const WorkloadPlan& plan, std::uint64_t hostMemoryBytes, HypervisorPlace place = HypervisorPlace::Here);

/// As checkPlan(), for a VM of a disk that stands there already.
Result<> checkImport(
    const MachineImport& machine, std::uint64_t hostMemoryBytes, HypervisorPlace place = HypervisorPlace::Here);

/// What can be refused of an installer (InstallerSource) without looking at it; success where none is asked for.
Result<> canRunInstaller(const MachineImport& machine, HypervisorPlace place);

/// What the plan asks for, or the default of its kind.
std::uint64_t memoryBytesFor(const WorkloadPlan& plan);

/// Makes the VM's folder and defines the domain; leaves nothing when it fails. Worker threads only.
Result<> createVm(const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context);

/// The definition that createVm() would give to libvirt for an import, by what the disk is now; makes nothing. Blocks.
Result<QByteArray> describeVm(const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context);

/// A host name of a VM's name (RFC 1123): letters, digits and dashes, at most 63.
std::string hostNameFrom(const QString& name);

/// Of a VM made from an image: "keep" leaves its page cache alone, a number is GuestSetup::cacheRestSeconds.
constexpr const char* kCacheLabel = "org.twinhull.cache";

/// What guest-init shall do for that plan and image.
Result<GuestSetup> guestSetupFor(const WorkloadPlan& plan, const ImageInfo& image);

} // namespace twinhull
