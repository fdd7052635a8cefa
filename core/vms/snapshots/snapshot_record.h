// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/libvirt_handles.h"
#include "core/workload/machine_snapshots.h"

#include <QMap>

#include <vector>

namespace twinhull {

/// A disk file, and how it is written.
struct DiskSourceFile {
    QString path; ///< empty: no file (a medium that is out, a disk elsewhere)
    QString format; ///< "qcow2", "raw"
};

/// A disk of a domain's definition.
struct DefinedDisk {
    QString target; ///< "vda"
    DiskSourceFile file;
    bool isWritable = true; ///< false: read-only, a CD-ROM or a floppy
    bool isMedium = false; ///< of a CD-ROM or a floppy drive
    bool mayBeMissing = false; ///< libvirt starts without it
    bool isShared = false; ///< other machines write it too
    QString pool; ///< of a volume, by which it is named instead of by its path
    QString volume;
    QString elsewhere; ///< what it is, where it is neither a file nor a device: "the volume a of the pool b"

    /// Is written, and nobody sees where: what is done with files leaves it out.
    bool isOutOfReach() const { return isWritable && !isShared && file.path.isEmpty() && !elsewhere.isEmpty(); }
};

/// What libvirt keeps with a snapshot (https://libvirt.org/formatsnapshot.html).
struct SnapshotRecord {
    /// One that the snapshot has something of.
    struct Disk {
        QString target;
        SnapshotPlace place = SnapshotPlace::Internal;
        DiskSourceFile file; ///< with the content of then: of an external one, that nobody may write any more
        QString pool = {}; ///< of a volume, by which it is named instead of by its path
        QString volume = {};
    };

    QString name;
    QString parent;
    QString description;
    QString state;
    QDateTime takenAt;
    std::optional<SnapshotPlace> memory;
    QString memoryFile; ///< of external memory
    std::vector<Disk> disks;
    bool isCurrent = false;
    QByteArray xml; ///< whole, with secrets
    QByteArray definition; ///< the domain's, of then; empty where libvirt keeps none

    bool isExternal() const;
    bool isInternal() const;
};

/// Corrupt where it is none.
Result<SnapshotRecord> parseSnapshotRecord(const QByteArray& xml);

/// Those of a domain, parents first, else by time. Asks libvirt; blocks, as all here that takes a domain.
Result<std::vector<SnapshotRecord>> snapshotRecordsOf(virDomainPtr domain);
/// For whoever must know of all: Unavailable where not each could be read; none of a driver that has no snapshots.
Result<std::vector<SnapshotRecord>> allSnapshotRecordsOf(virDomainPtr domain);
Result<QByteArray> snapshotXmlOf(virDomainSnapshotPtr snapshot); ///< with secrets
Result<SnapshotHandle> findSnapshot(virDomainPtr domain, const QString& name);

/// Of a <domain>'s XML.
Result<std::vector<DefinedDisk>> definedDisksOf(const QByteArray& domainXml);
/// The same with the paths of volumes that their pools know.
Result<std::vector<DefinedDisk>> definedDisksOn(virConnectPtr connection, const QByteArray& domainXml);
/// The same definition with other files for these disks (by target); what libvirt noted of the files below goes.
Result<QByteArray> withDiskFiles(const QByteArray& domainXml, const QMap<QString, DiskSourceFile>& files);
/// A snapshot's XML with other files in what it says of the domain of then. `overlays`: in what it says is above them.
Result<QByteArray> snapshotWithFiles(
    const QByteArray& snapshotXml, const QMap<QString, DiskSourceFile>& files, const QMap<QString, QString>& overlays);

/// Refuses a definition that writes into a file that an external snapshot of the domain stands on: that would spoil it
/// and all above it.
Result<> checkKeepsSnapshots(virDomainPtr domain, const QByteArray& domainXml);

} // namespace twinhull
