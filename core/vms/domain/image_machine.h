// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/vms/domain/domain_writer.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/workload/machine_choice.h"

#include <QDateTime>

#include <chrono>
#include <functional>
#include <optional>

namespace twinhull {

/// Why a VM whose machine nobody chose is a q35.
enum class Q35Reason {
    NoKvm,
    NotKnown, ///< the QEMU there has no microvm
    Failed, ///< as a microvm that image, or this VM, did not start
};

/// What is kept of that in the VM's folder.
struct MachineNote {
    Q35Reason reason = Q35Reason::NoKvm;
    QString detail; ///< of Failed what was said
    QDateTime madeAgainAt; ///< when this VM itself was made again as a q35; invalid: never

    friend bool operator==(const MachineNote&, const MachineNote&) = default;
};

struct ImageMachineFacts {
    MachineChoice choice = MachineChoice::Automatic;
    DomainEngine engine = DomainEngine::Tcg;
    bool isMicrovmKnown = false; ///< to libvirt and QEMU there
    std::optional<QString> failure; ///< of an earlier microvm of that image
};

struct MachineDecision {
    ImageMachine machine = ImageMachine::Q35;
    std::optional<MachineNote> note; ///< where nobody chose it and it is a q35
};

/// What is asked for by name, that is it. Else a microvm under KVM where QEMU knows one and the image is not known to
/// fail as one, and a q35 otherwise. A microvm has no PCI bus, and nothing that a plan may ask for needs one:
/// checkPlan() refuses folders and devices of this computer and networks of containers for any VM. Because (QEMU 7.2,
/// libvirt 9.0, emulated; core/guest/README.md)
/// - emulated, microvm is not the smaller one: it starts with a tenth less CPU time, takes a tenth more memory, and at
///   rest five times as much of a processor;
/// - with ACPI, by which our kernel finds its devices, it is hardware-reduced: no timer but the processor's own. On a
///   busy computer many an emulated start could not measure the rate of that and waited for a tick for ever, so an
///   emulated one is told the rate, which is this computer's. Under KVM the clock is KVM's.
/// pc (i440fx) is no smaller either: half as much CPU time again, and the same memory.
MachineDecision decideMachine(const ImageMachineFacts& facts);

/// Asks libvirt and what is remembered (machine_note.h), and decides. Refuses a microvm asked for by name that libvirt
/// and QEMU there do not have (virConnectGetDomainCapabilities: what libvirt remembers of that QEMU). Blocks.
Result<MachineDecision> chooseImageMachine(virConnectPtr connection, const Labels& labels, DomainEngine engine,
    const std::function<std::optional<QString>()>& earlierFailure);

/// Of this computer, in kHz, measured while `wait` waits for as long as it is told (false: broken off): an emulated
/// processor's time stamp counter is the computer's own. Nothing where it was broken off or there is no such counter.
std::optional<std::uint64_t> measureTscKilohertz(const std::function<bool(std::chrono::milliseconds)>& wait);

/// One sentence: why a VM made from an image has the machine that libvirt names so ("pc-q35-7.2", "microvm").
QString imageMachineReason(
    const QString& machine, const Labels& labels = {}, const std::optional<MachineNote>& note = {});

} // namespace twinhull
