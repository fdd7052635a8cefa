// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

#include <functional>

namespace twinhull {

/// The next step where a microvm that was asked for by name does not start.
constexpr const char* kInsteadOfMicrovm
    = "Make it as a q35, which any QEMU has: --machine q35 (label org.twinhull.machine=q35), or leave the machine out";

/// A microvm that nobody asked for by name: it may be made again as a q35.
bool isAutomaticMicrovm(const DomainSnapshot& vm);

/// Of a start in which the machine itself may have failed.
struct MachineFailure {
    Error shown; ///< with what the guest wrote last on its console
    Error cause; ///< without it: a guest decides nothing, and nothing it wrote is kept
    bool isRefusal = false; ///< QEMU or libvirt said it: it is remembered for the image
};

/// Whose ends of a domain count.
enum class OffBy {
    Itself, ///< nobody forced it off
    Anybody,
};
/// As libvirt has it now; false where it does not say.
bool isMachineOff(virDomainPtr domain, OffBy by);

/// False where the failure is known to be another's (no room, a locked disk, a broken connection, a person's wish): a
/// q35 would not start either.
bool mayBeTheMachines(const Error& error);

/// The definition of a microvm of ours as the q35 that writeDomain() makes of it. All else stays as it is.
Result<QByteArray> asQ35(const QByteArray& microvmXml);

/// Defines the VM anew as a q35 and starts it by `start`, with the same files. Where that starts, it stays one, the
/// note says so, and after a refusal later VMs of the image are a q35 at once. Where it does not, the VM is the microvm
/// again that it was, unless another changed, started or deleted it meanwhile. Busy where another start does the same;
/// where that is over, the VM is started as what it is, or `shown` is answered where it runs. Blocks.
Result<> startAsQ35(const VmToolbox& tools, const DomainSnapshot& vm, const MachineFailure& failure,
    JobContext& context, const std::function<Result<>()>& start);

} // namespace twinhull
