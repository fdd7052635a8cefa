// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/domain_description.h"
#include "core/workload/machine_import.h"

#include <QByteArray>

#include <optional>

namespace twinhull {

enum class DomainEngine { Kvm, Tcg };

/// Of a VM made from an image; core/vms/domain/image_machine.h chooses.
enum class ImageMachine { Q35, Microvm };

/// What every VM of ours has.
struct DomainCommon {
    QString uuid;
    QString name;
    std::uint64_t memoryBytes = 0;
    int cpus = 1;
    QString pinnedCpus; ///< processors of the host for all of QEMU's threads, "0-3,7"; empty: any
    DomainEngine engine = DomainEngine::Tcg;
    bool hasNetwork = true;
    QString logPath; ///< the serial console's; bounded and turned over by virtlogd; empty: none is kept
    DomainMark mark;
};

/// A VM made from an image: the smallest machine that boots our kernel directly, and nothing that it would have to
/// probe.
struct ImageDomain {
    DomainCommon common;
    QString kernelPath;
    QString initramfsPath;
    QString rootDiskPath; ///< erofs, read-only, shared by all VMs of the image
    QString overlayPath; ///< raw ext4, this VM's own
    QString setupPath; ///< JSON of core/ipc/guest_setup.h
    QString agentSocket;
    QStringList sessionSockets; ///< of guestSessionPort(0), (1) …
    ImageMachine machine = ImageMachine::Q35;
    std::optional<std::uint64_t> tscKilohertz = {}; ///< what the kernel need not measure; absent: it measures
};

/// A VM with an operating system of its own: a q35 that any system of the last fifteen years can be installed on.
struct PlainDomain {
    DomainCommon common;
    QString diskPath;
    QString diskFormat; ///< "qcow2" or "raw"
    QString isoPath; ///< empty: none; booted from while the disk is empty
    QString qemuAgentSocket; ///< empty: where libvirt puts it; for libvirt and the qemu-guest-agent that a person may
                             ///< install inside
    bool hasVirtioDevices = false; ///< disk and network; else SATA and e1000e
    MachineFirmware firmware = MachineFirmware::Bios; ///< libvirt chooses the file of it
    bool hasTpm = false;
    QStringList moreDiskPaths = {}; ///< qcow2, after the first; not booted from
    bool startsFromNetwork = false; ///< while the disk is empty
    int networkCards = 1; ///< alike; where it has a network
    bool isClockLocal = false; ///< else UTC
    MachineCard card = {}; ///< the first; those after it are in QEMU's own network
    bool isDiskDevice = false; ///< a volume of LVM, a partition; else a file
    bool isMediumDevice = false;
};

QByteArray writeDomain(const ImageDomain& domain);
QByteArray writeDomain(const PlainDomain& domain);

} // namespace twinhull
