// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/vms/snapshots/snapshot_record.h"

#include <QMap>

#include <cstdint>
#include <vector>

namespace twinhull {

/// A file of a disk, which holds what was written since the one below it was left as it is.
struct DiskLayer {
    DiskSourceFile file;
    std::uint64_t allocatedBytes = 0;
};

/// The layers of a disk, the one that is written first; what libvirt and QEMU would open. NotFound with the name of the
/// file that is missing. Takes a qemu-img of some 20 ms; blocks, as all here.
Result<std::vector<DiskLayer>> layersOf(const QString& path, const QString& format);

/// Of the internal snapshots in that disk: how large the memory is that they keep. By name.
Result<QMap<QString, std::uint64_t>> savedMemoryBytes(const DiskSourceFile& disk);

/// Makes an empty qcow2 above that file, which must not be written any more.
Result<> makeOverlay(const QString& path, const DiskSourceFile& below);

/// A name that is free, beside the lowest file of a disk: "/d/disk.NAME.qcow2".
QString freeLayerPath(const QString& lowest, const QString& name, const QString& suffix);

/// Which files stand on which, over all disks that this connection knows: those of all domains as they are and as their
/// snapshots keep them, and the same of the VMs in the bin, which can be brought back. Paths are canonical.
class DiskForest {
public:
    /// Without the VM in the bin that has that key.
    static Result<DiskForest> read(const VmToolbox& tools, virConnectPtr connection, const QString& exceptKey = {});

    /// The layers whose own content is above that of `path`.
    std::vector<QString> layersAbove(const QString& path) const;
    /// A domain has it as its disk, not counting its snapshots.
    bool isDiskOfSomeDomain(const QString& path) const;
    /// What it stands on; empty: on nothing.
    DiskSourceFile below(const QString& path) const;
    QString formatOf(const QString& path) const { return m_formats.value(canonicalDisk(path)); }
    /// Which domains have it, or something above it; by name.
    QStringList usersOf(const QString& path) const;
    /// The same for the files in a folder.
    QStringList usersIn(const QString& folder) const;
    /// Why not all could be read; what a missing file itself stands on is not known, and no problem.
    const QStringList& problems() const { return m_problems; }

    static QString canonicalDisk(const QString& path);

private:
    void add(const QString& domainName, const DiskSourceFile& head);
    void addBroken(const QString& domainName, const DiskSourceFile& head, const Error& why);
    void addWritten(virConnectPtr connection, const QByteArray& definition, QMap<QString, DiskSourceFile>& heads);
    /// False where it went while it was looked at.
    Result<bool> addDomain(virConnectPtr connection, virDomainPtr domain);
    void addBinned(virConnectPtr connection, const BinFolder& binned, const QMap<QString, QString>& known);

    QMap<QString, DiskSourceFile> m_below;
    QMap<QString, QString> m_formats;
    QMap<QString, QStringList> m_heads; ///< path: the names of domains that have it or what is above it
    QStringList m_disks;
    QStringList m_problems;
};

} // namespace twinhull
