// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/snapshots/snapshot_record.h"
#include "core/vms/vm_actions.h"
#include "core/workload/machine_storage.h"

#include <QStringList>

#include <map>

namespace twinhull {

/// What the machines of a connection have of files and volumes: disks, what those are based on, what their external
/// snapshots go back to, what they start from.
/// What a disk is based on is told by libvirt while a machine runs, else by the volumes of running pools and, on this
/// computer, by the qcow2 headers of the files. libvirt threads only.
class VolumeUsers {
public:
    /// Asks for every machine's definition, for what runs as well, and for its snapshots; reads those in the bin.
    static Result<VolumeUsers> read(virConnectPtr connection, const VmToolbox& tools);

    /// Writes into each volume who uses it, other volumes of `pools` too. Gives what of the machines cannot be looked
    /// at (a volume of a pool that does not run, a file that cannot be read), each with whose it is: that may use any
    /// volume.
    QStringList addTo(std::vector<MachinePool>& pools) const;

private:
    struct Use {
        QString path; ///< empty: by pool and name
        QString pool;
        QString volume;
        MachineVolumeUser user;
        bool isDisk = true; ///< else a kernel, a firmware: others may not be able to read it
    };
    using Bases = std::map<QString, QString>; // a path, and the one that it is based on

    /// False where it went while it was looked at.
    Result<bool> readDomain(virDomainPtr domain);
    void readBinned(const BinFolder& binned, const QStringList& live);
    void readSnapshots(const std::vector<SnapshotRecord>& records, const QString& name);
    void readMachine(const QByteArray& xml, const QString& name, bool isRunning);
    void add(Use use);
    QString nameOf(const QString& path) const;
    Result<QString> baseOf(const Bases& bases, const QString& path) const;

    HypervisorPlace m_place = HypervisorPlace::Here;
    std::vector<Use> m_uses;
    QStringList m_unclear; ///< machines whose definition cannot be read, snapshots that do not say what they go back to
};

/// What a disk of this computer is based on, as its header names it, made absolute; empty where it is based on nothing,
/// and where it is not there. An error where that cannot be told.
Result<QString> baseNamedIn(const QString& path);
/// The backing file that a qcow2 of this computer names, made absolute; empty where there is none or it cannot be read.
QString backingFileOf(const QString& path);

} // namespace twinhull
