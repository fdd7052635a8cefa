// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/pool_reading.h"

#include "core/vms/storage/pool_access.h"
#include "core/vms/storage/pool_kinds.h"
#include "core/vms/storage/volume_users.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

Error noSuch(const QString& what, const char* hint)
{
    return Error{ ErrorCode::NotFound, "there is no " + what.toStdString(), 0, hint };
}

Result<> readVolumesOf(virStoragePoolPtr handle, MachinePool& pool)
{
    virStorageVolPtr* volumes = nullptr;
    const int count = virStoragePoolListAllVolumes(handle, &volumes, 0);
    if (count < 0)
        return libvirtError("list what is in pool " + pool.name.toStdString());
    const std::vector<VolumeHandle> handles(volumes, volumes + count);
    ::free(volumes);
    for (const VolumeHandle& each : handles) {
        const auto xml = volumeXmlFrom(each.get());
        if (!xml && hasBrokenOff(xml.error()))
            return xml.error();
        auto volume = xml ? parseVolume(*xml) : xml.error();
        if (!volume) // deleted meanwhile
            continue;
        volume->pool = pool.name;
        pool.volumes.push_back(std::move(*volume));
    }
    std::sort(pool.volumes.begin(), pool.volumes.end(),
        [](const MachineVolume& one, const MachineVolume& other) { return one.name < other.name; });
    return {};
}

void readFigures(virStoragePoolPtr handle, MachinePool& pool)
{
    virStoragePoolInfo info{};
    if (virStoragePoolGetInfo(handle, &info) != 0)
        return;
    pool.capacityBytes = info.capacity;
    pool.allocatedBytes = info.allocation;
    pool.availableBytes = info.available;
}

Result<MachinePool> readPool(virStoragePoolPtr handle)
{
    auto pool = describePool(handle);
    if (!pool)
        return pool;
    pool->isRunning = virStoragePoolIsActive(handle) == 1;
    pool->isPersistent = virStoragePoolIsPersistent(handle) != 0;
    int isAutostarted = 0;
    pool->isAutostarted = virStoragePoolGetAutostart(handle, &isAutostarted) == 0 && isAutostarted != 0;
    if (!pool->isRunning)
        return pool;
    readFigures(handle, *pool);
    if (auto read = readVolumesOf(handle, *pool); !read)
        pool->trouble = QString::fromStdString(read.error().message);
    return pool;
}

bool keepsFiles(const QString& type)
{
    return type == u"dir" || type == u"fs" || type == u"netfs";
}

/// libvirtd of the system gives a machine's disk to its QEMU by itself; the way to it is the person's.
void nameTrouble(MachinePool& pool, const FileUser& user, const VmToolbox& tools)
{
    if (!pool.trouble.isEmpty() || !keepsFiles(pool.type)) // it may be why a pool does not run
        return;
    if (const auto trouble = troubleOnTheWay(pool.target, user, folderUseOf(tools))) {
        pool.trouble = trouble->sentence;
        pool.nextStep = trouble->nextStep;
    }
}

Result<std::vector<PoolHandle>> poolHandles(virConnectPtr connection)
{
    virStoragePoolPtr* pools = nullptr;
    const int count = virConnectListAllStoragePools(connection, &pools, 0);
    if (count < 0)
        return libvirtError("list the storage pools");
    std::vector<PoolHandle> handles(pools, pools + count);
    ::free(pools);
    return handles;
}

struct StorageStep {
    const char* words; ///< in libvirt's sentence; the first that fits counts
    const char* hint;
    ErrorCode code = ErrorCode::Unknown; ///< Unknown: as it is
};
constexpr StorageStep kStorageSteps[] = {
    { "/pvs", "sudo apt install lvm2", ErrorCode::Unavailable },
    { "/vgs", "sudo apt install lvm2", ErrorCode::Unavailable },
    { "/vgchange", "See that the volume group is there: sudo vgs" },
    { "/iscsiadm", "See that open-iscsi is installed and its daemon runs: sudo apt install open-iscsi" },
    { "showmount", "sudo apt install nfs-common", ErrorCode::Unavailable },
    { "parted", "See that parted is installed and the device is there: sudo apt install parted" },
    { "/zpool", "sudo apt install zfsutils-linux", ErrorCode::Unavailable },
    { "/zfs", "sudo apt install zfsutils-linux", ErrorCode::Unavailable },
    { "bad option; for several filesystems", "sudo apt install nfs-common", ErrorCode::Unavailable },
    { "missing backend",
        "Its driver may be a package of its own: apt search libvirt-daemon-driver-storage; see `twinhullctl pool "
        "types`",
        ErrorCode::Unsupported },
    { "is not supported", "See which kinds there are here: twinhullctl pool types" },
    { "cannot contain '/'", "Choose a name without slashes" },
    { "No such file or directory", "See that what the pool stands on is there and spelt right" },
    { "not enough free space", "Make room in the pool, or choose another", ErrorCode::OutOfSpace },
    { "No space left", "Make room in the pool, or choose another", ErrorCode::OutOfSpace },
    { "is not active", "Start the pool: twinhullctl pool start NAME" },
};

bool says(const Error& error, const char* words)
{
    return error.message.find(words) != std::string::npos;
}

Result<std::vector<MachinePool>> poolsWithDoubt(
    virConnectPtr connection, const VmToolbox& tools, const QStringList& names, QStringList& unclear)
{
    const auto handles = poolHandles(connection);
    if (!handles)
        return handles.error();
    const auto users = VolumeUsers::read(connection, tools);
    if (!users)
        return users.error();
    const auto guest = guestUserOf(connection, tools);
    std::vector<MachinePool> pools;
    for (const PoolHandle& handle : *handles) {
        auto pool = readPool(handle.get());
        if (!pool && hasBrokenOff(pool.error()))
            return std::move(pool).error();
        if (!pool) // gone meanwhile
            continue;
        if (guest)
            nameTrouble(*pool, *guest, tools);
        pools.push_back(std::move(*pool));
    }
    unclear = users->addTo(pools); // of all, for one may be based on what is in another
    std::vector<MachinePool> chosen;
    for (const QString& name : names) {
        const auto found
            = std::find_if(pools.begin(), pools.end(), [&name](const MachinePool& pool) { return pool.name == name; });
        if (found == pools.end())
            return noSuch(QStringLiteral("pool ") + name, "See which there are with: twinhullctl pool list");
        chosen.push_back(*found);
    }
    if (names.isEmpty())
        chosen = std::move(pools);
    std::sort(chosen.begin(), chosen.end(),
        [](const MachinePool& one, const MachinePool& other) { return one.name < other.name; });
    return chosen;
}

} // namespace

Result<PoolHandle> findPool(virConnectPtr connection, const QString& name)
{
    PoolHandle pool(virStoragePoolLookupByName(connection, name.toUtf8().constData()));
    if (pool)
        return pool;
    Error error = libvirtError("find pool " + name.toStdString());
    if (error.code != ErrorCode::NotFound)
        return error;
    return noSuch(QStringLiteral("pool ") + name, "See which there are with: twinhullctl pool list");
}

Result<MachinePool> describePool(virStoragePoolPtr pool)
{
    const auto xml = xmlFrom(virStoragePoolGetXMLDesc(pool, 0), "read the pool");
    return xml ? parsePool(*xml) : xml.error();
}

Result<QByteArray> volumeXmlFrom(virStorageVolPtr volume)
{
    return xmlFrom(virStorageVolGetXMLDesc(volume, 0), "read the volume");
}

Result<VolumeHandle> findVolume(virConnectPtr connection, const VolumeName& name)
{
    auto pool = findPool(connection, name.pool);
    if (!pool)
        return std::move(pool).error();
    if (virStoragePoolIsActive(pool->get()) == 0)
        return Error{ ErrorCode::Unavailable, "pool " + name.pool.toStdString() + " does not run", 0,
            "Start it: twinhullctl pool start " + name.pool.toStdString() };
    VolumeHandle volume(virStorageVolLookupByName(pool->get(), name.name.toUtf8().constData()));
    if (volume)
        return volume;
    Error error = libvirtError("find volume " + name.name.toStdString());
    if (error.code != ErrorCode::NotFound)
        return error;
    return noSuch(QStringLiteral("volume %1 in pool %2").arg(name.name, name.pool),
        "See what is in it with: twinhullctl pool volume list POOL; pool refresh looks for what others put there");
}

Result<std::vector<MachinePool>> readPoolsOf(virConnectPtr connection, const VmToolbox& tools, const QStringList& names)
{
    QStringList unclear;
    return poolsWithDoubt(connection, tools, names, unclear);
}

Result<VolumeWithDoubt> readVolumeWithDoubt(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name)
{
    if (const auto there = findVolume(connection, name); !there)
        return there.error();
    QStringList unclear;
    auto pools = poolsWithDoubt(connection, tools, { name.pool }, unclear);
    if (!pools)
        return std::move(pools).error();
    for (const auto& volume : pools->front().volumes) {
        if (volume.name == name.name)
            return VolumeWithDoubt{ volume, unclear };
    }
    return noSuch(QStringLiteral("volume ") + name.name, "");
}

Result<MachineVolume> readVolume(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name)
{
    auto read = readVolumeWithDoubt(connection, tools, name);
    return read ? Result<MachineVolume>(std::move(read->volume)) : std::move(read).error();
}

QString usersInWords(const std::vector<MachineVolumeUser>& users)
{
    QStringList all;
    for (const auto& user : users) {
        const QString role
            = user.isRunning ? QCoreApplication::translate("VmStorage", "%1, runs").arg(user.role) : user.role;
        all << QStringLiteral("%1 (%2)").arg(user.name, role);
    }
    return all.join(QStringLiteral(", "));
}

Error withStorageStep(Error error, const VmToolbox& tools, const QString& poolType)
{
    if (!error.hint.empty())
        return error;
    const bool isSession = tools.uri.contains(u"/session");
    const bool isDenied = says(error, "ermission denied") || says(error, "not permitted") || says(error, "only root");
    if (isDenied)
        error.code = ErrorCode::PermissionDenied;
    const bool isMounted = poolType == u"fs" || poolType == u"netfs";
    if (isDenied && isSession && isMounted)
        return std::move(error).withHint(
            "Mounting needs root's rights: add --connect qemu:///system, or mount it and make a pool of type dir");
    if (isDenied && isSession && !poolType.isEmpty() && !keepsFiles(poolType))
        return std::move(error).withHint("Such a pool needs root's rights: add --connect qemu:///system");
    if (isDenied)
        return std::move(error).withHint(
            "Let who VMs run as into its folder: twinhullctl pool allow NAME; or choose another folder");
    for (const auto& step : kStorageSteps) {
        if (!says(error, step.words))
            continue;
        error.code = step.code == ErrorCode::Unknown ? error.code : step.code;
        return std::move(error).withHint(step.hint);
    }
    return error;
}

} // namespace twinhull
