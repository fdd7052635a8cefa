// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/volume_in_making.h"

#include "core/base/files.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/migration/migration_obstacles.h"
#include "core/vms/storage/pool_kinds.h"
#include "core/vms/storage/pool_reading.h"
#include "core/vms/storage/volume_changes.h"

namespace twinhull {

namespace {

Error noPool(const VmToolbox& tools, const MachineImport& machine, const std::string& hint)
{
    if (tools.place == HypervisorPlace::Elsewhere)
        return Error{ ErrorCode::NotFound, "that host has no storage pool for the new disk", 0, hint };
    return Error{ ErrorCode::NotFound, "there is no storage pool " + machine.pool.toStdString() + " that runs", 0,
        hint };
}

bool hasFiles(const MachinePool& pool)
{
    static const QStringList kTypes
        = { QStringLiteral("dir"), QStringLiteral("fs"), QStringLiteral("netfs"), QStringLiteral("vstorage") };
    return kTypes.contains(pool.type);
}

/// Pools of devices keep what is written as it is.
Result<QString> newFormatIn(const MachinePool& pool, const QString& asked)
{
    if (!asked.isEmpty() && asked != u"qcow2" && asked != u"raw")
        return Error{ ErrorCode::InvalidArgument, "format: a new disk is qcow2 or raw", 0, {} };
    const bool keepsFiles = hasFiles(pool);
    if (!keepsFiles && asked == u"qcow2")
        return Error{ ErrorCode::InvalidArgument, "pool " + pool.name.toStdString() + " keeps no qcow2 files", 0,
            "Leave the format out" };
    if (!asked.isEmpty())
        return asked;
    return keepsFiles ? QStringLiteral("qcow2") : QStringLiteral("raw");
}

} // namespace

Result<NewVolume> planNewVolume(virConnectPtr connection, const VmToolbox& tools, const MachineImport& machine)
{
    const auto chosen = poolForCopies(connection, machine.pool);
    if (!chosen)
        return noPool(tools, machine, chosen.error().hint);
    const auto handle = findPool(connection, *chosen);
    const auto pool = handle ? describePool(handle->get()) : Result<MachinePool>(handle.error());
    if (!pool)
        return Error(pool.error());
    const auto format = newFormatIn(*pool, machine.newFormat);
    if (!format)
        return format.error();
    QString name = machine.volume;
    if (name.isEmpty())
        name = machine.plan.name + (*format == u"qcow2" ? QStringLiteral(".qcow2") : QString());
    if (name.contains(u'/'))
        return Error{ ErrorCode::InvalidArgument, "\"" + name.toStdString() + "\" is no name of a volume", 0,
            "Choose one without slashes" };
    return NewVolume{ { *chosen, name }, pool->target + u'/' + name, *format, !hasFiles(*pool) };
}

VolumeInMaking::~VolumeInMaking()
{
    if (!m_name)
        return;
    if (auto gone = deleteVolumeOf(m_connection, m_tools, *m_name, VolumeUse::RefuseKnown); !gone)
        qWarning("%s", gone.error().toLine().c_str());
}

/// Noted only where nothing of that name was there; one that comes in between keeps ours from being made.
Result<> VolumeInMaking::makeNoted(const VolumeWish& wish, const QString& path)
{
    const auto before = findVolume(m_connection, wish.name);
    if (!before && before.error().code != ErrorCode::NotFound)
        return before.error();
    const bool isNew = !before && !exists(path.toStdString()); // a file that the pool has not seen yet
    if (m_folder == nullptr || !isNew)
        return createVolumeOf(m_connection, m_tools, wish);
    if (auto noted = noteVolumeOfMaking(*m_folder, wish.name); !noted)
        return noted;
    auto made = createVolumeOf(m_connection, m_tools, wish);
    if (!made && !hasBrokenOff(made.error()))
        (void)noteVolumeOfMaking(*m_folder, {}); // the folder goes now, and the note with it
    return made;
}

Result<NewVolume> VolumeInMaking::make(const MachineImport& machine)
{
    auto planned = planNewVolume(m_connection, m_tools, machine);
    if (!planned)
        return planned;
    const VolumeName& name = planned->name;
    const auto bytes = std::get<IsoSource>(machine.plan.source).diskBytes;
    const QString asked = planned->isDevice ? QString() : planned->format;
    if (auto made = makeNoted({ name, bytes, asked, {} }, planned->path); !made)
        return std::move(made).error().withContext("make the disk");
    m_name = name;
    const auto volume = readVolume(m_connection, m_tools, name);
    if (!volume)
        return volume.error();
    if (volume->kind != u"file" && volume->kind != u"block")
        return Error{ ErrorCode::Unsupported,
            "what is in pool " + name.pool.toStdString() + " is no file and no device of that computer", 0,
            "Choose another pool, or add this one's volume in the VM's XML" };
    planned->path = volume->path;
    planned->isDevice = volume->kind == u"block";
    planned->format = volume->format == u"qcow2" ? volume->format : QStringLiteral("raw");
    return planned;
}

} // namespace twinhull
