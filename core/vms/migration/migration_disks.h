// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/migration/migration_obstacles.h"
#include "core/vms/snapshots/snapshot_record.h"
#include "core/workload/machine_storage.h"

#include <QMap>

namespace twinhull {

/// The volumes that a machine's disks are copied into at the destination: deleted again, unless they are kept.
/// Libvirt threads only.
class MigrationDisks {
public:
    explicit MigrationDisks(const MigrationSides& sides) : m_sides(sides) { }
    ~MigrationDisks();
    MigrationDisks(const MigrationDisks&) = delete;
    MigrationDisks& operator=(const MigrationDisks&) = delete;

    /// Empty volumes of the sizes of the disks of one that runs; libvirt fills them.
    Result<> makeEmpty(const std::vector<DefinedDisk>& disks, const QString& pool);
    /// Volumes with the content of the disks of one that is off, which are files here.
    Result<> makeCopies(const std::vector<DefinedDisk>& disks, const QString& pool, JobContext& context);
    void keep() { m_made.clear(); }

    const QMap<QString, DiskSourceFile>& files() const { return m_files; } ///< by target
    const QStringList& originals() const { return m_originals; }

private:
    VolumeName nameFor(const DefinedDisk& disk, const QString& pool) const;
    Result<> know(const DefinedDisk& disk, const VolumeName& name);

    const MigrationSides& m_sides;
    std::vector<VolumeName> m_made;
    QMap<QString, DiskSourceFile> m_files;
    QStringList m_originals;
};

/// The writable disks that are files or devices.
Result<std::vector<DefinedDisk>> disksToCopy(virDomainPtr domain);

enum class ConsoleLogs {
    AsTheyAre,
    GoneOnWith, ///< not begun anew
    LeftOut, ///< their folders are on another computer
};

/// A definition as the destination takes it: with these disk files, and sockets where libvirt puts them there.
Result<QByteArray> definitionForDestination(
    const QByteArray& domainXml, const QMap<QString, DiskSourceFile>& files, ConsoleLogs logs);

} // namespace twinhull
