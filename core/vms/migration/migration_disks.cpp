// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/migration/migration_disks.h"

#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/storage/pool_kinds.h"
#include "core/vms/storage/pool_reading.h"
#include "core/vms/storage/volume_changes.h"
#include "core/vms/storage/volume_transfer.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString formatOrRaw(const DefinedDisk& disk)
{
    return disk.file.format.isEmpty() ? QStringLiteral("raw") : disk.file.format;
}

/// A volume that nobody could delete is not hidden: the next migration names it.
Error withLeftovers(Error error, const VolumeName& name)
{
    if (error.code != ErrorCode::AlreadyExists)
        return error;
    return std::move(error).withHint("It may be of a migration that was cut short. Delete it there: twinhullctl "
                                     "--connect NAME pool volume delete "
        + name.pool.toStdString() + " " + name.name.toStdString());
}

} // namespace

MigrationDisks::~MigrationDisks()
{
    for (const VolumeName& name : m_made) {
        const auto volume = findVolume(m_sides.destination, name);
        if (volume && virStorageVolDelete(volume->get(), 0) != 0)
            qWarning("%s", libvirtError("remove volume " + name.name.toStdString()).toLine().c_str());
    }
}

VolumeName MigrationDisks::nameFor(const DefinedDisk& disk, const QString& pool) const
{
    const QString machine = QString::fromUtf8(virDomainGetName(m_sides.domain));
    return { pool, QStringLiteral("%1-%2.%3").arg(machine, disk.target, formatOrRaw(disk)) };
}

Result<> MigrationDisks::know(const DefinedDisk& disk, const VolumeName& name)
{
    m_made.push_back(name);
    const auto volume = findVolume(m_sides.destination, name);
    if (!volume)
        return volume.error();
    const auto xml = volumeXmlFrom(volume->get());
    const auto read = xml ? parseVolume(*xml) : xml.error();
    if (!read)
        return read.error();
    m_files.insert(disk.target, { read->path, formatOrRaw(disk) });
    m_originals << disk.file.path;
    return {};
}

Result<> MigrationDisks::makeEmpty(const std::vector<DefinedDisk>& disks, const QString& pool)
{
    for (const DefinedDisk& disk : disks) {
        virDomainBlockInfo info{};
        if (virDomainGetBlockInfo(m_sides.domain, disk.target.toUtf8().constData(), &info, 0) != 0)
            return libvirtError("ask how large the disk " + disk.target.toStdString() + " is");
        const VolumeName name = nameFor(disk, pool);
        auto made
            = createVolumeOf(m_sides.destination, m_sides.to, VolumeWish{ name, info.capacity, formatOrRaw(disk), {} });
        if (!made)
            return withLeftovers(std::move(made).error(), name);
        if (auto known = know(disk, name); !known)
            return known;
    }
    return {};
}

Result<> MigrationDisks::makeCopies(const std::vector<DefinedDisk>& disks, const QString& pool, JobContext& context)
{
    for (const DefinedDisk& disk : disks) {
        context.setStep(QCoreApplication::translate("VmMigration", "Copying the disk %1").arg(disk.target));
        const VolumeName name = nameFor(disk, pool);
        auto made = uploadVolumeOf(m_sides.destination, m_sides.to, name, disk.file.path, context);
        if (!made)
            return withLeftovers(std::move(made).error(), name);
        if (auto known = know(disk, name); !known)
            return known;
    }
    return {};
}

Result<std::vector<DefinedDisk>> disksToCopy(virDomainPtr domain)
{
    const auto xml = domainXmlOf(domain);
    auto disks = xml ? definedDisksOf(*xml) : xml.error();
    if (!disks)
        return disks;
    std::vector<DefinedDisk> writable;
    for (DefinedDisk& disk : *disks) {
        if (disk.isWritable && !disk.file.path.isEmpty())
            writable.push_back(std::move(disk));
    }
    return writable;
}

Result<QByteArray> definitionForDestination(
    const QByteArray& domainXml, const QMap<QString, DiskSourceFile>& files, ConsoleLogs logs)
{
    auto text = withDiskFiles(domainXml, files);
    auto xml = text ? DomainXml::parse(*text) : Result<DomainXml>(text.error());
    if (!xml)
        return std::move(xml).error();
    for (xmlNodePtr device : childElements(xml->devices())) {
        // Where it was, libvirt unlinks its sockets when its QEMU ends, and another QEMU would have lost its own.
        const bool isListening = textAt(device, QStringLiteral("source@mode")) == u"bind";
        if (isElement(device, "channel") && isListening)
            setPresence(device, QStringLiteral("source"), false);
        xmlNodePtr log = childNamed(device, "log");
        if (log != nullptr && logs == ConsoleLogs::GoneOnWith)
            setTextAt(log, QStringLiteral("@append"), QStringLiteral("on"));
        else if (log != nullptr && logs == ConsoleLogs::LeftOut)
            removeElement(log);
    }
    return xml->toText();
}

} // namespace twinhull
