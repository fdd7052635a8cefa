// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/snapshots/snapshot_record.h"

#include "core/vms/domain/domain_xml.h"

#include <QFileInfo>

#include <algorithm>
#include <set>

namespace twinhull {

namespace {

std::vector<xmlNodePtr> diskElementsOf(xmlNodePtr domain)
{
    std::vector<xmlNodePtr> disks;
    xmlNodePtr devices = childNamed(domain, "devices");
    if (devices == nullptr)
        return disks;
    for (xmlNodePtr child : childElements(devices)) {
        if (isElement(child, "disk"))
            disks.push_back(child);
    }
    return disks;
}

QString targetOf(xmlNodePtr disk)
{
    return textAt(disk, QStringLiteral("target@dev"));
}

/// Empty for a file, a device and where there is no source at all.
QString elsewhereOf(xmlNodePtr disk)
{
    const QString type = textAt(disk, QStringLiteral("@type"));
    if (type.isEmpty() || type == u"file" || type == u"block" || childNamed(disk, "source") == nullptr)
        return {};
    if (type == u"volume")
        return QStringLiteral("the volume %1 of the pool %2")
            .arg(textAt(disk, QStringLiteral("source@volume")), textAt(disk, QStringLiteral("source@pool")));
    return type == u"network"
        ? QStringLiteral("on the network (%1)").arg(textAt(disk, QStringLiteral("source@protocol")))
        : QStringLiteral("a disk of the type %1").arg(type);
}

using DiskPoolHandle = std::unique_ptr<virStoragePool, VirDeleter<&virStoragePoolFree>>;
using DiskVolumeHandle = std::unique_ptr<virStorageVol, VirDeleter<&virStorageVolFree>>;

/// Empty where it has none in the file system.
QString volumePath(virConnectPtr connection, const QString& poolName, const QString& name)
{
    const DiskPoolHandle pool(virStoragePoolLookupByName(connection, poolName.toUtf8().constData()));
    const DiskVolumeHandle volume(pool ? virStorageVolLookupByName(pool.get(), name.toUtf8().constData()) : nullptr);
    const QString path = volume ? takeText(virStorageVolGetPath(volume.get())) : QString();
    return path.startsWith(u'/') ? path : QString();
}

DefinedDisk definedDisk(xmlNodePtr disk)
{
    DefinedDisk defined;
    defined.target = targetOf(disk);
    const QString source = textAt(disk, QStringLiteral("source@file"));
    defined.file.path = source.isEmpty() ? textAt(disk, QStringLiteral("source@dev")) : source;
    defined.file.format = textAt(disk, QStringLiteral("driver@type"));
    const QString device = textAt(disk, QStringLiteral("@device"));
    const bool isDisk = device.isEmpty() || device == u"disk" || device == u"lun";
    defined.isWritable = isDisk && !isThere(disk, QStringLiteral("readonly"));
    defined.isMedium = device == u"cdrom" || device == u"floppy";
    defined.mayBeMissing = textAt(disk, QStringLiteral("source@startupPolicy")) == u"optional";
    defined.isShared = isThere(disk, QStringLiteral("shareable"));
    defined.pool = textAt(disk, QStringLiteral("source@pool"));
    defined.volume = textAt(disk, QStringLiteral("source@volume"));
    defined.elsewhere = elsewhereOf(disk);
    return defined;
}

void setDiskFiles(xmlNodePtr domain, const QMap<QString, DiskSourceFile>& files)
{
    for (xmlNodePtr disk : diskElementsOf(domain)) {
        const auto found = files.find(targetOf(disk));
        if (found == files.end())
            continue;
        setTextAt(disk, QStringLiteral("@type"), QStringLiteral("file"));
        for (const char* attribute : { "source@dev", "source@pool", "source@volume", "source@mode" })
            setTextAt(disk, QLatin1String(attribute), {});
        setTextAt(disk, QStringLiteral("source@index"), {});
        setTextAt(disk, QStringLiteral("source@file"), found->path);
        setTextAt(disk, QStringLiteral("driver@type"), found->format);
        for (const char* noted : { "backingStore", "mirror" }) {
            if (xmlNodePtr element = childNamed(disk, noted); element != nullptr)
                removeElement(element);
        }
    }
}

/// What the domain would be started with: beside one that ran, libvirt keeps that too.
xmlNodePtr definitionIn(xmlNodePtr snapshot)
{
    xmlNodePtr inactive = childNamed(snapshot, "inactiveDomain");
    return inactive != nullptr ? inactive : childNamed(snapshot, "domain");
}

QByteArray asDomain(xmlNodePtr element)
{
    if (element == nullptr)
        return {};
    QByteArray text = elementText(element);
    const QByteArray inactive("inactiveDomain");
    if (text.startsWith('<' + inactive)) {
        text.replace(1, inactive.size(), "domain");
        const qsizetype end = text.lastIndexOf("</" + inactive);
        if (end >= 0)
            text.replace(end + 2, inactive.size(), "domain");
    }
    return text;
}

std::optional<SnapshotPlace> placeNamed(const QString& name)
{
    if (name == u"internal")
        return SnapshotPlace::Internal;
    return name == u"external" ? std::optional(SnapshotPlace::External) : std::nullopt;
}

SnapshotRecord::Disk recordedDisk(const QString& target, SnapshotPlace place, const DefinedDisk& of)
{
    return { target, place, of.file, of.pool, of.volume };
}

std::vector<SnapshotRecord::Disk> disksIn(xmlNodePtr snapshot)
{
    std::vector<SnapshotRecord::Disk> disks;
    xmlNodePtr list = childNamed(snapshot, "disks");
    if (list == nullptr)
        return disks;
    QMap<QString, DefinedDisk> defined;
    for (xmlNodePtr disk : diskElementsOf(definitionIn(snapshot)))
        defined.insert(targetOf(disk), definedDisk(disk));
    for (xmlNodePtr disk : childElements(list)) {
        const QString target = textAt(disk, QStringLiteral("@name"));
        if (const auto place = placeNamed(textAt(disk, QStringLiteral("@snapshot"))))
            disks.push_back(recordedDisk(target, *place, defined.value(target)));
    }
    return disks;
}

/// Parents before their children; the rest as it is.
std::vector<SnapshotRecord> inTreeOrder(std::vector<SnapshotRecord> records)
{
    std::stable_sort(records.begin(), records.end(),
        [](const SnapshotRecord& a, const SnapshotRecord& b) { return a.takenAt < b.takenAt; });
    std::vector<SnapshotRecord> ordered;
    std::set<QString> placed{ QString() };
    while (!records.empty()) {
        auto next = std::find_if(records.begin(), records.end(),
            [&placed](const SnapshotRecord& record) { return placed.count(record.parent) > 0; });
        if (next == records.end()) // its parent is gone
            next = records.begin();
        placed.insert(next->name);
        ordered.push_back(std::move(*next));
        records.erase(next);
    }
    return ordered;
}

} // namespace

bool SnapshotRecord::isExternal() const
{
    return memory == SnapshotPlace::External || std::any_of(disks.begin(), disks.end(), [](const Disk& disk) {
        return disk.place == SnapshotPlace::External;
    });
}

bool SnapshotRecord::isInternal() const
{
    return memory == SnapshotPlace::Internal || std::any_of(disks.begin(), disks.end(), [](const Disk& disk) {
        return disk.place == SnapshotPlace::Internal;
    });
}

Result<SnapshotRecord> parseSnapshotRecord(const QByteArray& xml)
{
    const auto parsed = DomainXml::parse(xml, "domainsnapshot");
    if (!parsed)
        return parsed.error();
    xmlNodePtr root = parsed->root();
    SnapshotRecord record;
    record.name = textAt(root, QStringLiteral("name"));
    record.parent = textAt(root, QStringLiteral("parent/name"));
    record.description = textAt(root, QStringLiteral("description"));
    record.state = textAt(root, QStringLiteral("state"));
    if (const qint64 seconds = textAt(root, QStringLiteral("creationTime")).toLongLong(); seconds > 0)
        record.takenAt = QDateTime::fromSecsSinceEpoch(seconds);
    record.memory = placeNamed(textAt(root, QStringLiteral("memory@snapshot")));
    record.memoryFile = textAt(root, QStringLiteral("memory@file"));
    record.disks = disksIn(root);
    record.xml = xml;
    record.definition = asDomain(definitionIn(root));
    return record;
}

Result<std::vector<SnapshotRecord>> snapshotRecordsOf(virDomainPtr domain)
{
    virDomainSnapshotPtr* listed = nullptr;
    const int count = virDomainListAllSnapshots(domain, &listed, 0);
    if (count < 0)
        return libvirtError("list the snapshots");
    const std::vector<SnapshotHandle> handles(listed, listed + count);
    ::free(listed);
    std::vector<SnapshotRecord> records;
    for (const SnapshotHandle& handle : handles) {
        const auto xml = snapshotXmlOf(handle.get());
        if (!xml && hasBrokenOff(xml.error()))
            return xml.error();
        auto record = xml ? parseSnapshotRecord(*xml) : xml.error();
        if (!record) // deleted meanwhile
            continue;
        record->isCurrent = virDomainSnapshotIsCurrent(handle.get(), 0) == 1;
        records.push_back(std::move(*record));
    }
    return inTreeOrder(std::move(records));
}

Result<std::vector<SnapshotRecord>> allSnapshotRecordsOf(virDomainPtr domain)
{
    const int count = virDomainSnapshotNum(domain, 0);
    if (count < 0) {
        const Error error = libvirtError("count the snapshots");
        return error.code == ErrorCode::Unsupported ? Result<std::vector<SnapshotRecord>>(std::vector<SnapshotRecord>())
                                                    : error;
    }
    if (count == 0) // most have none: one question for each
        return std::vector<SnapshotRecord>();
    auto records = snapshotRecordsOf(domain);
    if (!records)
        return records;
    if (static_cast<std::size_t>(count) != records->size())
        return Error{ ErrorCode::Unavailable,
            std::string("not all snapshots of ") + virDomainGetName(domain) + " can be read", 0, {} };
    return records;
}

Result<QByteArray> snapshotXmlOf(virDomainSnapshotPtr snapshot)
{
    return xmlFrom(virDomainSnapshotGetXMLDesc(snapshot, VIR_DOMAIN_SNAPSHOT_XML_SECURE), "read the snapshot");
}

Result<SnapshotHandle> findSnapshot(virDomainPtr domain, const QString& name)
{
    SnapshotHandle snapshot(virDomainSnapshotLookupByName(domain, name.toUtf8().constData(), 0));
    if (snapshot)
        return snapshot;
    Error error = libvirtError("find the snapshot");
    if (error.code != ErrorCode::NotFound)
        return error;
    return Error{ ErrorCode::NotFound, "there is no snapshot " + name.toStdString(), 0,
        "List them with: twinhullctl vm snapshot list NAME" };
}

Result<std::vector<DefinedDisk>> definedDisksOf(const QByteArray& domainXml)
{
    const auto parsed = DomainXml::parse(domainXml);
    if (!parsed)
        return parsed.error();
    std::vector<DefinedDisk> disks;
    for (xmlNodePtr disk : diskElementsOf(parsed->root()))
        disks.push_back(definedDisk(disk));
    return disks;
}

Result<std::vector<DefinedDisk>> definedDisksOn(virConnectPtr connection, const QByteArray& domainXml)
{
    auto disks = definedDisksOf(domainXml);
    for (std::size_t i = 0; disks && i < disks->size(); ++i) {
        DefinedDisk& disk = (*disks)[i];
        if (disk.file.path.isEmpty() && !disk.volume.isEmpty())
            disk.file.path = volumePath(connection, disk.pool, disk.volume);
    }
    return disks;
}

Result<QByteArray> withDiskFiles(const QByteArray& domainXml, const QMap<QString, DiskSourceFile>& files)
{
    const auto parsed = DomainXml::parse(domainXml);
    if (!parsed)
        return parsed.error();
    setDiskFiles(parsed->root(), files);
    return parsed->toText();
}

Result<QByteArray> snapshotWithFiles(
    const QByteArray& snapshotXml, const QMap<QString, DiskSourceFile>& files, const QMap<QString, QString>& overlays)
{
    const auto parsed = DomainXml::parse(snapshotXml, "domainsnapshot");
    if (!parsed)
        return parsed.error();
    for (const char* name : { "domain", "inactiveDomain" }) {
        if (xmlNodePtr domain = childNamed(parsed->root(), name); domain != nullptr)
            setDiskFiles(domain, files);
    }
    if (xmlNodePtr list = childNamed(parsed->root(), "disks"); list != nullptr) {
        for (xmlNodePtr disk : childElements(list)) {
            const auto found = overlays.find(textAt(disk, QStringLiteral("@name")));
            if (found != overlays.end())
                setTextAt(disk, QStringLiteral("source@file"), *found);
        }
    }
    return parsed->toText();
}

Result<> checkKeepsSnapshots(virDomainPtr domain, const QByteArray& domainXml)
{
    const auto records = snapshotRecordsOf(domain);
    const auto disks = definedDisksOf(domainXml);
    if (!records && hasBrokenOff(records.error()))
        return records.error();
    if (!records && records.error().code != ErrorCode::Unsupported)
        return Error(records.error())
            .withContext("nothing was changed: which files its snapshots stand on is not known");
    if (!records || !disks) // a driver without snapshots; a definition that libvirt will refuse
        return {};
    for (const SnapshotRecord& record : *records) {
        for (const auto& kept : record.disks) {
            const bool isWritten = kept.place == SnapshotPlace::External && !kept.file.path.isEmpty()
                && std::any_of(disks->begin(), disks->end(), [&kept](const DefinedDisk& disk) {
                       return disk.isWritable && QFileInfo(disk.file.path) == QFileInfo(kept.file.path);
                   });
            if (isWritten)
                return Error{ ErrorCode::Busy,
                    kept.file.path.toStdString() + " is what the snapshot " + record.name.toStdString()
                        + " stands on: written to, it would be lost",
                    0, "Go back to it instead: twinhullctl vm snapshot revert NAME " + record.name.toStdString() };
        }
    }
    return {};
}

} // namespace twinhull
