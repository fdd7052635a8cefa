// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/disks/vm_folder.h"
#include "core/vms/vm_actions.h"
#include "core/workload/machine_import.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

/// The volume that a new VM's disk becomes.
struct NewVolume {
    VolumeName name;
    QString path; ///< as the VM's definition will name it
    QString format; ///< "qcow2", or "raw"
    bool isDevice = false; ///< else a file
};

/// In the pool that was asked for, else "default", else the only one that runs. NotFound says which there are. Blocks.
Result<NewVolume> planNewVolume(virConnectPtr connection, const VmToolbox& tools, const MachineImport& machine);

/// That volume until the VM is defined; gone again when anything fails. `connection` and `tools` must outlive it.
/// Blocks, also at its end.
class VolumeInMaking {
public:
    VolumeInMaking(virConnectPtr connection, const VmToolbox& tools) : m_connection(connection), m_tools(tools) { }
    /// The same, noted in the VM's folder that is being made: what a killed maker leaves is swept. `folder` as well
    /// must outlive it.
    VolumeInMaking(virConnectPtr connection, const VmToolbox& tools, const VmFolder& folder)
        : m_connection(connection), m_tools(tools), m_folder(&folder)
    {
    }
    VolumeInMaking(const VolumeInMaking&) = delete;
    VolumeInMaking& operator=(const VolumeInMaking&) = delete;
    ~VolumeInMaking();

    Result<NewVolume> make(const MachineImport& machine);
    void keep() { m_name.reset(); }

private:
    Result<> makeNoted(const VolumeWish& wish, const QString& path);

    virConnectPtr m_connection;
    const VmToolbox& m_tools;
    const VmFolder* m_folder = nullptr;
    std::optional<VolumeName> m_name;
};

} // namespace twinhull
