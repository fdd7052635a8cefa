// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/vms/disks/vm_folder.h"
#include "core/vms/domain/image_machine.h"

namespace twinhull {

/// vms/UUID/machine.json: why that VM is a q35 that nobody chose.
Result<> writeMachineNote(const VmFolder& folder, const MachineNote& note);
/// Where it is none any more.
void removeMachineNote(const VmFolder& folder);
/// Nothing when there is none or it is broken.
std::optional<MachineNote> readMachineNote(const VmFolder& folder);

/// Images whose microvm QEMU or libvirt refused, each in a file of cache/microvm. Another QEMU (virConnectGetVersion)
/// and another kernel of the guest are given another try, and so is whoever removes the file.
class MicrovmFailures {
public:
    MicrovmFailures(
        const DataFolders& folders, QString imageDigest, unsigned long qemuVersion, QString guestKernelVersion);

    std::optional<QString> find() const; ///< what was said; nothing where it is not known to fail
    void remember(const QString& cause) const; ///< without it the next VM of the image tries again

private:
    std::string m_folder;
    QString m_path; ///< empty: of no image
    QString m_version; ///< of QEMU
    QString m_kernel; ///< version of the guest's
};

/// Of the QEMU that this libvirt runs; 0 where it does not say.
unsigned long qemuVersionOf(virConnectPtr connection);

} // namespace twinhull
