// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/vms/domain/domain_writer.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/workload/plan_options.h"

#include <chrono>
#include <functional>
#include <optional>

namespace twinhull {

/// Of a VM made from an image: "q35" or "microvm".
constexpr const char* kMachineLabel = "org.twinhull.machine";

/// What the person's label asks for, else q35, because (QEMU 7.2, libvirt 9.0, emulated; core/guest/README.md)
/// - microvm is not the smaller one: it starts with a tenth less CPU time, takes a tenth more memory, and at rest five
///   times as much of a processor;
/// - with ACPI, by which our kernel finds its devices, it is hardware-reduced: no timer but the processor's own. On a
///   busy computer many an emulated start could not measure the rate of that and waited for a tick for ever, so an
///   emulated one is told the rate, which is this computer's;
/// - it has no PCI bus, and nothing can be plugged in (QEMU docs/system/i386/microvm).
/// pc (i440fx) is no smaller either: half as much CPU time again, and the same memory.
Result<ImageMachine> imageMachineFrom(const Labels& labels);

/// Refuses a machine that libvirt and QEMU there do not have (virConnectGetDomainCapabilities: what libvirt remembers
/// of that QEMU). Blocks.
Result<> checkImageMachine(virConnectPtr connection, ImageMachine machine, DomainEngine engine);

/// Of this computer, in kHz, measured while `wait` waits for as long as it is told (false: broken off): an emulated
/// processor's time stamp counter is the computer's own. Nothing where it was broken off or there is no such counter.
std::optional<std::uint64_t> measureTscKilohertz(const std::function<bool(std::chrono::milliseconds)>& wait);

/// One sentence: why a VM made from an image has the machine that libvirt names so ("pc-q35-7.2", "microvm").
QString imageMachineReason(const QString& machine);

} // namespace twinhull
