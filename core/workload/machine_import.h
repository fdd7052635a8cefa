// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_plan.h"

#include <QByteArray>
#include <QFileInfo>

#include <optional>

namespace twinhull {

/// What a cloud image's first boot is told (cloud-init, NoCloud: a small medium with the label "cidata").
struct CloudInit {
    QString user; ///< made, with the right to become root; empty: the image's own
    QString passwordHash; ///< of that user, as crypt(5) writes it: "$6$…"; empty: none can log in by password
    QStringList sshKeys; ///< public keys, lines of authorized_keys
    QStringList packages; ///< installed at the first boot
    QString hostName; ///< empty: the VM's name, made fit
    QByteArray userData; ///< the person's own, in place of all of the above but the host name
    QByteArray networkConfig; ///< the person's own, version 1 or 2; empty: DHCP
    QString password = {}; ///< in place of the hash, which is made before anything is written

    friend bool operator==(const CloudInit&, const CloudInit&) = default;
};

enum class DiskHandling {
    Copy, ///< converted to qcow2 in the VM's own folder, and gone with the VM
    InPlace, ///< qcow2 and raw alone; written by the VM, and the person's own
};

/// What starts a machine before its system does.
enum class MachineFirmware {
    Bios,
    Uefi,
    SecureBoot, ///< UEFI that starts only what is signed, with the usual keys
};

/// What an installer is told so that it asks nothing (preseed, kickstart, AutoYaST, as libosinfo has them).
struct UnattendedInstall {
    QString user; ///< made beside root; empty: root alone
    QString password; ///< of both; stands in the installer's initrd until it has run, for the owner alone
    QString hostName; ///< empty: the VM's name, made fit
    QStringList sshKeys; ///< public keys, lines of authorized_keys
    QString systemId = {}; ///< filled in where the machine is advised

    friend bool operator==(const UnattendedInstall&, const UnattendedInstall&) = default;
};

/// An installer that is started directly, in place of a medium's boot loader: its kernel and its initrd are taken from
/// an installation tree (http, https, a folder) or an ISO file, and run at the VM's first start alone.
struct InstallerSource {
    QString location; ///< an address, or an absolute path; an ISO file is the plan's medium as well
    QString arguments; ///< for its kernel, behind those that it needs
    std::optional<UnattendedInstall> unattended = {}; ///< absent: it asks

    bool isAddress() const { return location.contains(QLatin1String("://")); }
    bool isIsoFile() const { return !isAddress() && !QFileInfo(location).isDir(); } ///< asks the file system
    friend bool operator==(const InstallerSource&, const InstallerSource&) = default;
};

/// What a new machine's network card is connected to.
struct MachineCard {
    enum class Kind {
        User, ///< QEMU's own network, which needs nobody's leave
        Network, ///< a virtual network of the hypervisor
        Bridge, ///< a bridge of the hypervisor's computer
    };

    Kind kind = Kind::User;
    QString name; ///< of the network or bridge; may hold no comma
    QString model = {}; ///< "virtio"; empty: as its system wants it

    friend bool operator==(const MachineCard&, const MachineCard&) = default;
};

/// A VM of a disk that stands there already, or of an installation medium: more than a WorkloadPlan says of it.
struct MachineImport {
    WorkloadPlan plan; ///< its source is a DiskSource, or an IsoSource for which only the last field counts
    DiskHandling handling = DiskHandling::Copy;
    QString format; ///< "qcow2", "raw", "vmdk", "vdi", "vhdx", "vpc"; empty: by what the file begins with
    std::uint64_t diskBytes = 0; ///< of the copy, when that is more than the disk has; 0: as it is
    std::optional<CloudInit> cloudInit;
    bool hasVirtioDevices = false; ///< its system brings their drivers; else those that every system has
    std::optional<MachineFirmware> firmware = {}; ///< absent: as its system wants it, BIOS where nothing is known
    bool hasTpm = false; ///< an emulated TPM 2.0
    bool isClockLocal = false; ///< its clock shows the host's local time, as Windows expects it; else UTC
    std::optional<InstallerSource> installer = {}; ///< with an IsoSource
    QString pool = {}; ///< for its new disk; empty: its own folder, on another computer the usual pool
    QString volume = {}; ///< the new disk's name in that pool; empty: after the VM
    QString newFormat = {}; ///< of the new disk in that pool; empty: qcow2 where the pool keeps files
    MachineCard card = {}; ///< its first, where it has a network
};

/// By its name: ".ova" or ".ovf".
inline bool isNamedAsAppliance(const QString& path)
{
    return path.endsWith(QLatin1String(".ova"), Qt::CaseInsensitive)
        || path.endsWith(QLatin1String(".ovf"), Qt::CaseInsensitive);
}

} // namespace twinhull
