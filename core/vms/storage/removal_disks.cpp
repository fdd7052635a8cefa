// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/removal_disks.h"

#include "core/base/files.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/storage/pool_reading.h"
#include "core/vms/storage/volume_changes.h"
#include "core/vms/storage/volume_users.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

namespace twinhull {

namespace {

constexpr int kMostUnclear = 3; ///< in one sentence

QString removalTr(const char* text)
{
    return QCoreApplication::translate("VmStorage", text);
}

/// One file may be named in several ways.
QString trueName(const QString& path, const VmToolbox& tools)
{
    const QString canonical = tools.place == HypervisorPlace::Here ? QFileInfo(path).canonicalFilePath() : QString();
    return canonical.isEmpty() ? path : canonical;
}

bool isInside(const QString& path, const QStringList& folders, const VmToolbox& tools)
{
    const QString name = trueName(path, tools);
    return std::any_of(folders.begin(), folders.end(),
        [&](const QString& folder) { return name.startsWith(trueName(folder, tools) + u'/'); });
}

/// Why its kind of disk stays, whoever uses it; empty where nothing speaks against it.
QString keptByKind(xmlNodePtr disk)
{
    const QString device = textAt(disk, QStringLiteral("@device"));
    if (!device.isEmpty() && device != u"disk")
        return removalTr("It is a medium");
    if (isThere(disk, QStringLiteral("readonly")) || isThere(disk, QStringLiteral("shareable")))
        return removalTr("The VM has it read-only, or shares it");
    const QString type = textAt(disk, QStringLiteral("@type"));
    const bool isFile = type == u"file" || type == u"block" || type == u"volume";
    return isFile ? QString() : removalTr("It is no file: the VM has it from a server");
}

std::optional<MachineDisk> diskFrom(xmlNodePtr element, const WorkloadId& machine)
{
    MachineDisk disk{ machine, textAt(element, QStringLiteral("target@dev")), {} };
    for (const char* place : { "source@file", "source@dev", "source@dir", "source@name" }) {
        if (disk.path.isEmpty())
            disk.path = textAt(element, QLatin1String(place));
    }
    disk.pool = textAt(element, QStringLiteral("source@pool"));
    disk.volume = textAt(element, QStringLiteral("source@volume"));
    disk.keptBecause = keptByKind(element);
    const bool hasSource = !disk.path.isEmpty() || !disk.volume.isEmpty();
    return hasSource ? std::optional(disk) : std::nullopt; // a drive without a medium
}

/// What a disk of this computer is based on: others may stand on it too, so it stays.
std::vector<MachineDisk> basesOf(const MachineDisk& disk)
{
    constexpr std::size_t kLongestChain = 200; // QEMU's own limit
    std::vector<MachineDisk> bases;
    for (QString path = backingFileOf(disk.path); !path.isEmpty() && bases.size() < kLongestChain;
         path = backingFileOf(path)) {
        MachineDisk base{ disk.machine, disk.target, path };
        base.keptBecause = removalTr("The disk %1 is based on it").arg(disk.target);
        if (const auto bytes = allocatedBytes(path.toStdString()))
            base.allocatedBytes = *bytes;
        bases.push_back(std::move(base));
    }
    return bases;
}

struct MachineWithDisks {
    QString name;
    bool isOff = false;
    std::vector<MachineDisk> disks;
};

/// `handle` is of that machine.
Result<MachineWithDisks> disksOfMachine(virDomainPtr handle, const VmToolbox& tools, const WorkloadId& machine)
{
    const auto text = domainXmlOf(handle, virDomainIsPersistent(handle) == 1 ? VIR_DOMAIN_XML_INACTIVE : 0U);
    const auto xml = text ? DomainXml::parse(*text) : text.error();
    if (!xml)
        return xml.error();
    const QStringList folders = vmFoldersOf(tools, machine.key);
    const auto isActive = isDomainActive(handle);
    if (!isActive)
        return isActive.error();
    MachineWithDisks found{ QString::fromUtf8(virDomainGetName(handle)), !*isActive, {} };
    for (xmlNodePtr element : childElements(xml->devices())) {
        auto disk = isElement(element, "disk") ? diskFrom(element, machine) : std::nullopt;
        if (!disk)
            continue;
        auto bases = tools.place == HypervisorPlace::Here ? basesOf(*disk) : std::vector<MachineDisk>();
        if (disk->path.isEmpty() || !isInside(disk->path, folders, tools)) {
            virDomainBlockInfo info{};
            // one that runs asks QEMU, which may not answer
            if (found.isOff && virDomainGetBlockInfo(handle, disk->target.toUtf8().constData(), &info, 0) == 0) {
                disk->capacityBytes = info.capacity;
                disk->allocatedBytes = info.allocation;
            }
            found.disks.push_back(*std::move(disk)); // before its bases: "vda" is the disk
        }
        for (MachineDisk& base : bases) {
            if (!isInside(base.path, folders, tools))
                found.disks.push_back(std::move(base));
        }
    }
    return found;
}

/// Volumes of pools, and what is in none, as one pool that has no name; each with its users.
class KnownVolumes {
public:
    static Result<KnownVolumes> read(
        virConnectPtr connection, const VmToolbox& tools, const std::vector<MachineWithDisks>& machines)
    {
        KnownVolumes known(tools);
        auto pools = readPoolsOf(connection, tools, {});
        if (!pools && hasBrokenOff(pools.error()))
            return std::move(pools).error();
        if (pools) // else a driver without storage
            known.m_pools = *std::move(pools);
        MachinePool others;
        for (const auto& machine : machines) {
            for (const MachineDisk& disk : machine.disks) {
                if (disk.path.isEmpty() || known.find(disk).second != nullptr)
                    continue;
                others.volumes.emplace_back();
                others.volumes.back().path = disk.path;
                if (tools.place == HypervisorPlace::Here)
                    others.volumes.back().backingPath = backingFileOf(disk.path);
            }
        }
        known.m_pools.push_back(others);
        const auto users = VolumeUsers::read(connection, tools);
        if (!users)
            return users.error();
        known.m_unclear = users->addTo(known.m_pools);
        return known;
    }

    /// What may use any of them, as nobody can tell.
    const QStringList& unclear() const { return m_unclear; }

    std::pair<const MachinePool*, const MachineVolume*> find(const MachineDisk& disk) const
    {
        const QString name = trueName(disk.path, m_tools);
        for (const MachinePool& pool : m_pools) {
            for (const MachineVolume& volume : pool.volumes) {
                const bool isNamed = !disk.volume.isEmpty() && pool.name == disk.pool && volume.name == disk.volume;
                if (isNamed || (!disk.path.isEmpty() && trueName(volume.path, m_tools) == name))
                    return { &pool, &volume };
            }
        }
        return {};
    }

private:
    explicit KnownVolumes(const VmToolbox& tools) : m_tools(tools) { }

    const VmToolbox& m_tools;
    std::vector<MachinePool> m_pools;
    QStringList m_unclear;
};

/// Why a file of this computer must not go now: QEMU locks what it has open (docs/system/qemu-block-drivers of QEMU),
/// whosever it is. Empty: nobody has it locked.
QString lockedByWhom(const QString& path)
{
    const auto file = openPath(path.toStdString(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    struct flock lock { };
    lock.l_type = F_WRLCK; // over all of it
    lock.l_whence = SEEK_SET;
    if (!file || ::fcntl(file->fd(), F_OFD_GETLK, &lock) != 0)
        return removalTr("Whether a program has it open cannot be told: it cannot be read");
    return lock.l_type == F_UNLCK ? QString() : removalTr("A program has it open and locked");
}

/// libvirt may delete a volume that only itself can read: no VM but its own can have that open.
QString lockedVolume(const QString& path)
{
    return ::access(path.toUtf8().constData(), R_OK) == 0 && QFileInfo(path).isFile() ? lockedByWhom(path) : QString();
}

QString lockedBy(const MachineDisk& disk, const VmToolbox& tools)
{
    if (tools.place == HypervisorPlace::Elsewhere)
        return {};
    return disk.volume.isEmpty() ? lockedByWhom(disk.path) : lockedVolume(trueName(disk.path, tools));
}

/// Why we could not delete a file that is in no pool; empty where we could.
QString keptByPlace(const MachineDisk& disk, const VmToolbox& tools)
{
    if (tools.place == HypervisorPlace::Elsewhere)
        return removalTr("It is in no storage pool of that host, which alone could delete it");
    struct stat found { };
    const QByteArray path = disk.path.toUtf8();
    if (::lstat(path.constData(), &found) != 0)
        return removalTr("There is no such file");
    if (!S_ISREG(found.st_mode))
        return removalTr("It is a device or a link, not a file");
    const QByteArray folder = QFileInfo(disk.path).absolutePath().toUtf8();
    struct stat place { };
    const bool isOpen = ::access(folder.constData(), W_OK | X_OK) == 0 && ::stat(folder.constData(), &place) == 0;
    const uid_t self = ::geteuid();
    const bool isSticky = isOpen && (place.st_mode & S_ISVTX) != 0; // as /tmp: only owners delete
    const bool isForeign = isSticky && self != 0 && place.st_uid != self && found.st_uid != self;
    return isOpen && !isForeign ? QString() : removalTr("It is another's, who can delete it");
}

void complete(MachineDisk& disk, const MachineWithDisks& machine, const KnownVolumes& known, const VmToolbox& tools)
{
    const auto [pool, volume] = known.find(disk);
    const bool isVolume = volume != nullptr && !pool->name.isEmpty();
    if (isVolume) {
        disk.pool = pool->name;
        disk.volume = volume->name;
        disk.path = volume->path;
        disk.capacityBytes = volume->capacityBytes;
        disk.allocatedBytes = volume->allocatedBytes;
    }
    for (const auto& user : volume != nullptr ? volume->users : std::vector<MachineVolumeUser>()) {
        const bool isOther = user.name != machine.name && !user.name.startsWith(u'/'); // "/" of the pool without a name
        if (isOther && !disk.otherUsers.contains(user.name))
            disk.otherUsers << user.name;
    }
    if (disk.keptBecause.isEmpty() && !disk.otherUsers.isEmpty())
        disk.keptBecause = removalTr("It is used by %1 too").arg(disk.otherUsers.join(QStringLiteral(", ")));
    if (disk.keptBecause.isEmpty() && !known.unclear().isEmpty())
        disk.keptBecause = removalTr("Who else uses it cannot be told: %1 cannot be looked at")
                               .arg(known.unclear().mid(0, kMostUnclear).join(QStringLiteral(", ")));
    if (disk.keptBecause.isEmpty() && !isVolume)
        disk.keptBecause = keptByPlace(disk, tools);
    if (disk.keptBecause.isEmpty() && machine.isOff) // else it is locked by this one
        disk.keptBecause = lockedBy(disk, tools);
}

/// What stays by one of its names stays by all: a base that is a disk of its own as well.
void keepByAnyName(std::vector<MachineDisk>& disks, const VmToolbox& tools)
{
    std::map<QString, QString> kept;
    for (const MachineDisk& disk : disks) {
        if (!disk.keptBecause.isEmpty() && !disk.path.isEmpty())
            kept.emplace(trueName(disk.path, tools), disk.keptBecause);
    }
    for (MachineDisk& disk : disks) {
        const auto found = kept.find(trueName(disk.path, tools));
        if (disk.keptBecause.isEmpty() && found != kept.end())
            disk.keptBecause = found->second;
    }
}

Result<> deleteDisk(virConnectPtr connection, const VmToolbox& tools, const MachineDisk& disk)
{
    if (!disk.keptBecause.isEmpty())
        return Error{ ErrorCode::Busy, disk.keptBecause.toStdString(), 0, {} };
    if (!disk.volume.isEmpty())
        return deleteVolumeOf(connection, tools, { disk.pool, disk.volume }, VolumeUse::Refuse);
    if (::unlink(disk.path.toUtf8().constData()) == 0)
        return {};
    return Error::fromErrno(errno, "delete " + disk.path.toStdString());
}

} // namespace

Result<std::vector<MachineDisk>> disksOutside(
    virConnectPtr connection, const VmToolbox& tools, const std::vector<WorkloadId>& machines)
{
    std::vector<MachineWithDisks> found;
    bool hasDisks = false;
    for (const WorkloadId& machine : machines) {
        const auto handle = findDomain(connection, machine.key);
        auto disks = handle ? disksOfMachine(handle->get(), tools, machine) : Result<MachineWithDisks>(handle.error());
        if (!disks)
            return std::move(disks).error();
        hasDisks = hasDisks || !disks->disks.empty();
        found.push_back(*std::move(disks));
    }
    std::vector<MachineDisk> all;
    if (!hasDisks)
        return all;
    const auto known = KnownVolumes::read(connection, tools, found);
    if (!known)
        return known.error();
    for (auto& machine : found) {
        for (MachineDisk& disk : machine.disks) {
            complete(disk, machine, *known, tools);
            all.push_back(std::move(disk));
        }
    }
    keepByAnyName(all, tools);
    return all;
}

Result<> removeVmWithDisks(virConnectPtr connection, const VmToolbox& tools, const WorkloadId& machine,
    const QStringList& paths, JobContext& context)
{
    const auto disks = disksOutside(connection, tools, { machine });
    const auto chosen = disks ? disksToDelete(*disks, paths) : Result<std::vector<MachineDisk>>(disks.error());
    if (!chosen)
        return chosen.error();
    if (auto removed = removeVm(tools, machine.key, context); !removed)
        return removed;
    MachineWithDisks gone{ {}, true, *chosen };
    for (MachineDisk& disk : gone.disks)
        disk.otherUsers.clear();
    const auto known = KnownVolumes::read(connection, tools, { gone }); // others may use them by now
    Result<> outcome;
    for (MachineDisk& disk : gone.disks) {
        if (known)
            complete(disk, gone, *known, tools);
        auto deleted = known ? deleteDisk(connection, tools, disk) : Result<>(known.error());
        if (!deleted && outcome)
            outcome = std::move(deleted)
                          .error()
                          .withContext("the VM is deleted, and its disk " + disk.path.toStdString() + " is not")
                          .withHint("Delete it by hand, or in its pool: twinhullctl pool volume delete POOL VOLUME");
    }
    return outcome;
}

} // namespace twinhull
