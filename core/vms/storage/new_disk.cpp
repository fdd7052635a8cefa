// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/new_disk.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/vms/disks/disk_tools.h"
#include "core/vms/disks/vm_folder.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/storage/pool_access.h"
#include "core/vms/storage/pool_kinds.h"
#include "core/vms/storage/pool_reading.h"
#include "core/vms/storage/volume_changes.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr std::uint64_t kLeastNewDiskBytes = std::uint64_t{ 1 } << 20U;
constexpr std::uint64_t kMostNewDiskBytes = std::uint64_t{ 64 } << 40U;
constexpr std::chrono::seconds kNewDiskDeadline{ 60 };
constexpr int kFirstNumber = 2; ///< the first disk has none
constexpr int kMostNumber = 1000;

/// Where a machine's first disk is: by its path, or by a pool where its definition says that.
struct FirstDisk {
    QString path;
    QString pool;
};

FirstDisk firstDiskOf(const QByteArray& definition)
{
    const auto domain = DomainXml::parse(definition);
    if (!domain)
        return {};
    for (xmlNodePtr disk : childElements(domain->devices())) {
        const QString device = textAt(disk, QStringLiteral("@device"));
        if (!isElement(disk, "disk") || (!device.isEmpty() && device != u"disk")
            || isThere(disk, QStringLiteral("readonly")))
            continue;
        QString path = textAt(disk, QStringLiteral("source@file"));
        if (path.isEmpty())
            path = textAt(disk, QStringLiteral("source@dev"));
        return { path, textAt(disk, QStringLiteral("source@pool")) };
    }
    return {};
}

/// Empty where it is in none that libvirt knows.
QString poolOfPath(virConnectPtr connection, const QString& path)
{
    const VolumeHandle volume(
        path.isEmpty() ? nullptr : virStorageVolLookupByPath(connection, path.toUtf8().constData()));
    const PoolHandle pool(volume ? virStoragePoolLookupByVolume(volume.get()) : nullptr);
    return pool ? QString::fromUtf8(virStoragePoolGetName(pool.get())) : QString();
}

bool isInOwnFolder(const VmToolbox& tools, const NewDiskWish& wish, const QString& path)
{
    return path.startsWith(VmFolder(tools.folders, wish.machine).path() + u'/');
}

/// Empty: in the machine's own folder.
Result<QString> poolForNewDisk(virConnectPtr connection, const VmToolbox& tools, const NewDiskWish& wish)
{
    if (!wish.pool.isEmpty())
        return wish.pool;
    const bool isHere = tools.place == HypervisorPlace::Here;
    const FirstDisk first = firstDiskOf(wish.definition);
    if (isHere && isInOwnFolder(tools, wish, first.path))
        return QString();
    const QString pool = first.pool.isEmpty() ? poolOfPath(connection, first.path) : first.pool;
    if (isHere || !pool.isEmpty())
        return pool;
    return Error{ ErrorCode::NotFound, "the first disk of " + wish.name.toStdString() + " is in no storage pool there",
        0, "Say in which the new one is to be: pool=POOL; see them with: twinhullctl --connect NAME pool list" };
}

Result<std::uint64_t> newDiskBytes(const QString& size)
{
    const auto bytes = parseSize(size.toStdString());
    if (!bytes)
        return Error(bytes.error()).withContext("size");
    if (*bytes >= kLeastNewDiskBytes && *bytes <= kMostNewDiskBytes)
        return bytes;
    return Error{ ErrorCode::InvalidArgument, "size: \"" + size.toStdString() + "\" is no size of a disk", 0,
        "Give one from 1M to 64T, as size=10G" };
}

/// What machines of this connection run as may not come to every folder of a person.
Result<> checkIsReached(virConnectPtr connection, const VmToolbox& tools, const QString& folder)
{
    const auto user = guestUserOf(connection, tools);
    const auto trouble = user ? troubleOnTheWay(folder, *user, folderUseOf(tools)) : std::nullopt;
    if (!trouble)
        return {};
    return Error{ ErrorCode::PermissionDenied, trouble->sentence.toStdString(), 0,
        trouble->nextStep.toStdString() + "; or put it into a pool: pool=POOL" };
}

/// A path that nobody has, with an empty file at it.
Result<QString> freeDiskPath(const QString& folder, const QString& format)
{
    constexpr unsigned kAsOthersMade = 0644; // the umask has its say
    for (int number = kFirstNumber; number <= kMostNumber; ++number) {
        const QString path = QStringLiteral("%1/disk-%2.%3").arg(folder, QString::number(number), format);
        const auto file = openPath(path.toStdString(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kAsOthersMade);
        if (file)
            return path;
        if (file.error().code != ErrorCode::AlreadyExists)
            return file.error();
    }
    return Error{ ErrorCode::AlreadyExists, "it has a thousand disks already", 0, {} };
}

Result<QString> freeVolumeName(virStoragePoolPtr pool, const QString& machine, bool isFile)
{
    for (int number = kFirstNumber; number <= kMostNumber; ++number) {
        const QString name
            = QStringLiteral("%1-%2%3").arg(machine, QString::number(number), QLatin1String(isFile ? ".qcow2" : ""));
        const VolumeHandle there(virStorageVolLookupByName(pool, name.toUtf8().constData()));
        if (!there)
            return name;
    }
    return Error{ ErrorCode::AlreadyExists, "the pool has a thousand disks of that name already", 0, {} };
}

} // namespace

Result<std::unique_ptr<NewDisk>> NewDisk::make(
    virConnectPtr connection, const VmToolbox& tools, const NewDiskWish& wish)
{
    const auto bytes = newDiskBytes(wish.size);
    if (!bytes)
        return bytes.error();
    const auto pool = poolForNewDisk(connection, tools, wish);
    if (!pool)
        return pool.error();
    std::unique_ptr<NewDisk> disk(new NewDisk(connection, tools));
    auto made = pool->isEmpty() ? disk->makeFile(VmFolder(tools.folders, wish.machine), *bytes, wish.format)
                                : disk->makeVolume(wish, *pool, *bytes);
    if (!made)
        return std::move(made).error().withContext("make the disk");
    return disk;
}

NewDisk::~NewDisk()
{
    if (m_isKept || (m_path.isEmpty() && m_volume.pool.isEmpty()))
        return;
    auto gone = m_volume.pool.isEmpty() ? removeTree(m_path.toStdString())
                                        : deleteVolumeOf(m_connection, m_tools, m_volume, VolumeUse::RefuseKnown);
    if (!gone)
        qWarning("%s", std::move(gone).error().withContext("remove the new disk again").toLine().c_str());
}

/// The folder is held for the making alone: the definition's history holds it in its turn.
Result<> NewDisk::makeFile(const VmFolder& folder, std::uint64_t bytes, const QString& format)
{
    m_format = format.isEmpty() ? QStringLiteral("qcow2") : format;
    if (m_format != u"qcow2" && m_format != u"raw")
        return Error{ ErrorCode::InvalidArgument, "format: a new disk is qcow2 or raw", 0, {} };
    if (auto there = makeFolders(folder.path().toStdString()); !there)
        return there;
    if (auto reached = checkIsReached(m_connection, m_tools, folder.path()); !reached)
        return reached;
    const auto claim = claimVmFolder(folder, m_tools.uri);
    if (!claim)
        return claim.error();
    const auto path = freeDiskPath(folder.path(), m_format);
    if (!path)
        return path.error();
    m_path = *path;
    auto create
        = qemuImg({ "create", "-q", "-f", m_format.toStdString(), "--", m_path.toStdString(), std::to_string(bytes) });
    if (!create)
        return std::move(create).error();
    auto made = outputOf(*create, CommandRun{ kNewDiskDeadline });
    return made ? Result<>() : Result<>(std::move(made).error());
}

Result<> NewDisk::makeVolume(const NewDiskWish& wish, const QString& pool, std::uint64_t bytes)
{
    const auto handle = findPool(m_connection, pool);
    if (!handle)
        return handle.error();
    const auto described = describePool(handle->get());
    if (!described)
        return described.error();
    const bool isFile = !described->target.startsWith(u"/dev") && (wish.format.isEmpty() || wish.format == u"qcow2");
    const auto name = freeVolumeName(handle->get(), wish.name, isFile);
    if (!name)
        return name.error();
    if (auto made = createVolumeOf(m_connection, m_tools, { { pool, *name }, bytes, wish.format, {} }); !made)
        return made;
    m_volume = { pool, *name };
    const auto volume = findVolume(m_connection, m_volume);
    if (!volume)
        return volume.error();
    const auto xml = volumeXmlFrom(volume->get());
    const auto known = xml ? parseVolume(*xml) : Result<MachineVolume>(xml.error());
    if (!known)
        return known.error();
    if (known->kind != u"file" && known->kind != u"block")
        return Error{ ErrorCode::Unsupported,
            "what is in pool " + pool.toStdString() + " is no file and no device of that computer", 0,
            "Choose another pool, or add this one's volume in the VM's XML" };
    m_path = known->path;
    m_format = known->format == u"qcow2" ? known->format : QStringLiteral("raw");
    return {};
}

} // namespace twinhull
