// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_storage.h"

#include <memory>

namespace twinhull {

class VmFolder;

/// A new disk that a machine is to be given.
struct NewDiskWish {
    QString machine; ///< the key of it
    QString name; ///< of the machine
    QByteArray definition; ///< where its disks are is told by that
    QString size; ///< as a person wrote it, "10G"
    QString format; ///< empty: qcow2 where it becomes a file
    QString pool; ///< empty: beside its other disks
};

/// A disk that was just made: a volume of a pool, or a file in the machine's own folder, which goes with the machine.
/// Gone again with this, unless it is kept. Worker threads only.
class NewDisk {
public:
    /// Beside the others: in the machine's own folder where its first disk is there, else in the pool where that is,
    /// else, on this computer, in its own folder again. NotFound: it needs a pool to be named. `connection` must
    /// outlive it.
    static Result<std::unique_ptr<NewDisk>> make(
        virConnectPtr connection, const VmToolbox& tools, const NewDiskWish& wish);
    NewDisk(const NewDisk&) = delete;
    NewDisk& operator=(const NewDisk&) = delete;
    ~NewDisk();

    void keep() { m_isKept = true; }
    const QString& path() const { return m_path; }
    const QString& format() const { return m_format; }

private:
    NewDisk(virConnectPtr connection, const VmToolbox& tools) : m_connection(connection), m_tools(tools) { }

    Result<> makeFile(const VmFolder& folder, std::uint64_t bytes, const QString& format);
    Result<> makeVolume(const NewDiskWish& wish, const QString& pool, std::uint64_t bytes);

    virConnectPtr m_connection;
    const VmToolbox m_tools;
    VolumeName m_volume; ///< no pool: a file of ours
    QString m_path;
    QString m_format;
    bool m_isKept = false;
};

} // namespace twinhull
