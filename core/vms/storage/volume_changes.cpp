// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/volume_changes.h"

#include "core/base/text.h"
#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/disks/disk_probe.h"
#include "core/vms/storage/pool_kinds.h"
#include "core/vms/storage/pool_reading.h"

#include <QCoreApplication>

#include <algorithm>
#include <future>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kCopyCheck{ 250 };
const char* const kShutDown = "Shut it down first";
const char* const kSeeWhyUnclear = "See why it cannot be looked at";

QString changeWord(const char* text)
{
    return QCoreApplication::translate("VmStorage", text);
}

/// What another volume would be based on: of a pool, else a file of this computer that names no other.
Result<MachineVolume> baseFor(virConnectPtr connection, const VmToolbox& tools, const QString& path)
{
    const VolumeHandle known(virStorageVolLookupByPath(connection, path.toUtf8().constData()));
    if (known) {
        const auto xml = volumeXmlFrom(known.get());
        return xml ? parseVolume(*xml) : xml.error();
    }
    if (tools.place == HypervisorPlace::Elsewhere)
        return Error{ ErrorCode::NotFound, path.toStdString() + " is in no pool of that computer", 0,
            "Make a pool of its folder first" };
    const auto file = openDisk(path);
    if (!file)
        return file.error();
    const auto facts = probeDisk(*file, {});
    if (!facts)
        return facts.error();
    MachineVolume base;
    base.path = path;
    base.format = facts->format;
    base.capacityBytes = facts->virtualBytes;
    return base;
}

Result<QString> poolTypeOf(virStoragePoolPtr pool)
{
    const auto read = describePool(pool);
    return read ? Result<QString>(read->type) : read.error();
}

bool keepsDiskFiles(const QString& poolType)
{
    return poolType == u"dir" || poolType == u"fs" || poolType == u"netfs" || poolType == u"vstorage";
}

/// What is in the bin has its disks on volumes too, and none says whose it is where its record is broken.
Result<> checkBinIsRead(const VmToolbox& tools)
{
    const auto binned = binFoldersOf(tools, BinReach::Libvirt);
    if (!binned)
        return binned.error();
    for (const BinFolder& each : *binned) {
        if (!each.record)
            return Error{ ErrorCode::Unavailable,
                "whether a VM in the bin uses it is not known: " + each.record.error().message, 0,
                "See why that cannot be read, or remove it for good: twinhullctl bin remove "
                    + each.key.toStdString() };
    }
    return {};
}

/// What cannot be looked at may use any volume.
Result<> checkUsersAreKnown(const QStringList& unclear, const std::string& hint)
{
    constexpr qsizetype kMostNamed = 3;
    if (unclear.isEmpty())
        return {};
    return Error{ ErrorCode::Unavailable,
        "who else uses it cannot be told: " + unclear.mid(0, kMostNamed).join(QStringLiteral(", ")).toStdString()
            + " cannot be looked at",
        0, hint };
}

bool isBusyBeyondDisks(const MachineVolume& volume)
{
    for (const auto& user : volume.users) {
        if (user.disk.isEmpty())
            return true;
    }
    return false;
}

Result<> resizeRunning(virConnectPtr connection, const MachineVolumeUser& user, std::uint64_t bytes)
{
    const DomainHandle domain(virDomainLookupByName(connection, user.name.toUtf8().constData()));
    if (!domain)
        return libvirtError("find " + user.name.toStdString());
    return answerOf(
        virDomainBlockResize(domain.get(), user.disk.toUtf8().constData(), bytes, VIR_DOMAIN_BLOCK_RESIZE_BYTES),
        "resize disk " + user.disk.toStdString() + " of " + user.name.toStdString());
}

/// libvirt keeps its errors by thread.
Result<> copyNow(virStoragePoolPtr pool, const QByteArray& xml, virStorageVolPtr from)
{
    const VolumeHandle made(virStorageVolCreateXMLFrom(pool, xml.constData(), from, 0));
    return made ? Result<>() : Result<>(libvirtError("copy the volume"));
}

std::uint64_t allocationOf(virStoragePoolPtr pool, const QString& name)
{
    const VolumeHandle volume(virStorageVolLookupByName(pool, name.toUtf8().constData()));
    virStorageVolInfo info{};
    return volume && virStorageVolGetInfo(volume.get(), &info) == 0 ? info.allocation : 0;
}

Result<> checkIsNew(virStoragePoolPtr pool, const VolumeName& name)
{
    const VolumeHandle there(virStorageVolLookupByName(pool, name.name.toUtf8().constData()));
    if (!there)
        return {};
    return Error{ ErrorCode::AlreadyExists,
        "volume " + name.name.toStdString() + " is in pool " + name.pool.toStdString() + " already", 0,
        "Choose another name" };
}

} // namespace

Error volumeIsUsed(const MachineVolume& volume, const std::string& hint)
{
    return Error{ ErrorCode::Busy,
        "volume " + volume.name.toStdString() + " is used by " + usersInWords(volume.users).toStdString(), 0, hint };
}

Result<> createVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeWish& asked)
{
    VolumeWish wish = asked;
    const auto pool = findPool(connection, wish.name.pool);
    if (!pool)
        return pool.error();
    const auto type = poolTypeOf(pool->get());
    if (!type)
        return type.error();
    if (auto isNew = checkIsNew(pool->get(), wish.name); !isNew)
        return isNew;
    QString backingFormat;
    if (!wish.backingPath.isEmpty()) {
        const auto base = baseFor(connection, tools, wish.backingPath);
        if (!base)
            return base.error();
        backingFormat = base->format;
        wish.capacityBytes = wish.capacityBytes != 0 ? wish.capacityBytes : base->capacityBytes;
        if (wish.capacityBytes < base->capacityBytes)
            return Error{ ErrorCode::InvalidArgument,
                "what it is based on has " + formatBytes(base->capacityBytes) + ", which is more", 0,
                "Leave the size out, or make it larger" };
    }
    if (wish.capacityBytes == 0)
        return Error{ ErrorCode::InvalidArgument, "a volume needs a size", 0, "Give one: --size 20G" };
    if (wish.format.isEmpty() && keepsDiskFiles(*type))
        wish.format = QStringLiteral("qcow2");
    const VolumeHandle made(virStorageVolCreateXML(pool->get(), volumeXmlOf(wish, backingFormat).constData(), 0));
    if (made)
        return {};
    return withStorageStep(libvirtError("create volume " + wish.name.name.toStdString()), tools, *type);
}

Result<> resizeVolumeTo(
    virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, std::uint64_t bytes, ShrinkRule rule)
{
    const auto read = readVolumeWithDoubt(connection, tools, name);
    if (!read)
        return read.error();
    const MachineVolume& volume = read->volume;
    const bool isSmaller = bytes < volume.capacityBytes;
    if (isSmaller && rule == ShrinkRule::Refuse)
        return Error{ ErrorCode::InvalidArgument,
            "it has " + formatBytes(volume.capacityBytes) + ", and what is at its end would be lost", 0,
            "Make what is in it smaller first, then add --shrink" };
    if (isBusyBeyondDisks(volume))
        return volumeIsUsed(volume, "What others are based on stays as it is; resize those");
    for (const auto& user : volume.users) {
        if (!user.isRunning)
            continue;
        return isSmaller ? volumeIsUsed(volume, kShutDown) : resizeRunning(connection, user, bytes);
    }
    if (auto known = checkUsersAreKnown(read->unclear, kSeeWhyUnclear); !known) // QEMU keeps others off what runs
        return known;
    const auto handle = findVolume(connection, name);
    if (!handle)
        return handle.error();
    const unsigned flags = isSmaller ? VIR_STORAGE_VOL_RESIZE_SHRINK : 0;
    auto resized
        = answerOf(virStorageVolResize(handle->get(), bytes, flags), "resize volume " + name.name.toStdString());
    return resized ? resized : withStorageStep(std::move(resized).error(), tools, {});
}

Result<> cloneVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeCopy& copy, JobContext& context)
{
    const auto volume = readVolume(connection, tools, copy.from);
    if (!volume)
        return volume.error();
    if (volume->isUsedByRunning())
        return volumeIsUsed(*volume, "Shut it down first: a copy of a disk in use would be torn");
    const auto from = findVolume(connection, copy.from);
    const auto pool = findPool(connection, copy.to.pool);
    if (!from || !pool)
        return from ? pool.error() : from.error();
    if (auto isNew = checkIsNew(pool->get(), copy.to); !isNew)
        return isNew;
    VolumeWish wish{ copy.to, volume->capacityBytes, copy.format.isEmpty() ? volume->format : copy.format, {} };
    context.setStep(changeWord(QT_TRANSLATE_NOOP("VmStorage", "Copying; libvirt cannot stop in the middle of it")));
    auto copying = std::async(std::launch::async, copyNow, pool->get(), volumeXmlOf(wish, {}), from->get());
    const auto total = static_cast<qint64>(std::max<std::uint64_t>(volume->allocatedBytes, 1));
    while (copying.wait_for(kCopyCheck) != std::future_status::ready)
        context.setProgress(std::min(total, static_cast<qint64>(allocationOf(pool->get(), copy.to.name))), total);
    if (auto copied = copying.get(); !copied)
        return withStorageStep(std::move(copied).error(), tools, {});
    if (!context.isCancelled())
        return {};
    const auto made = findVolume(connection, copy.to);
    if (made && virStorageVolDelete(made->get(), 0) != 0)
        return libvirtError("remove the copy");
    return Error{ ErrorCode::Cancelled, "cancelled: the copy is removed", 0, {} };
}

Result<> wipeVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, JobContext& context)
{
    const auto read = readVolumeWithDoubt(connection, tools, name);
    if (!read)
        return read.error();
    const MachineVolume& volume = read->volume;
    if (!volume.users.empty())
        return volumeIsUsed(volume, "Take it from them first: twinhullctl vm detach NAME DEVICE");
    if (auto bin = checkBinIsRead(tools); !bin)
        return bin;
    if (auto known = checkUsersAreKnown(read->unclear, kSeeWhyUnclear); !known)
        return known;
    const auto handle = findVolume(connection, name);
    if (!handle)
        return handle.error();
    context.setStep(changeWord(QT_TRANSLATE_NOOP("VmStorage", "Writing zeros; libvirt cannot stop in the middle")));
    auto wiped = answerOf(virStorageVolWipe(handle->get(), 0), "wipe volume " + name.name.toStdString());
    return wiped ? wiped : withStorageStep(std::move(wiped).error(), tools, {});
}

Result<> deleteVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, VolumeUse use)
{
    const auto read = readVolumeWithDoubt(connection, tools, name);
    if (!read)
        return read.error();
    const MachineVolume& volume = read->volume;
    if (volume.isUsedByRunning())
        return volumeIsUsed(volume, kShutDown);
    if (isBusyBeyondDisks(volume))
        return volumeIsUsed(volume, "Delete those first, or make them stand alone: twinhullctl pool volume clone");
    if (!volume.users.empty() && use != VolumeUse::IgnoreStopped)
        return volumeIsUsed(volume, "Take it from them first: twinhullctl vm detach NAME DEVICE; or add --force");
    if (auto bin = checkBinIsRead(tools); !bin)
        return bin;
    auto known = checkUsersAreKnown(read->unclear, kSeeWhyUnclear + std::string(", or add --force"));
    if (!known && use == VolumeUse::Refuse)
        return known;
    const auto handle = findVolume(connection, name);
    if (!handle)
        return handle.error();
    auto deleted = answerOf(virStorageVolDelete(handle->get(), 0), "delete volume " + name.name.toStdString());
    return deleted ? deleted : withStorageStep(std::move(deleted).error(), tools, {});
}

} // namespace twinhull
