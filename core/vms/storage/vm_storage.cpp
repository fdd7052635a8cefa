// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/vm_storage.h"

#include "core/vms/link/connected_job.h"
#include "core/vms/storage/pool_changes.h"
#include "core/vms/storage/pool_kinds.h"
#include "core/vms/storage/pool_reading.h"
#include "core/vms/storage/volume_changes.h"
#include "core/vms/storage/volume_transfer.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString storageTitle(const char* text, const QString& name)
{
    return QCoreApplication::translate("VmStorage", text).arg(name);
}

const char* titleOf(PoolChange change)
{
    switch (change) {
    case PoolChange::Start:
        return QT_TRANSLATE_NOOP("VmStorage", "Start pool %1");
    case PoolChange::Stop:
        return QT_TRANSLATE_NOOP("VmStorage", "Stop pool %1");
    case PoolChange::Refresh:
        return QT_TRANSLATE_NOOP("VmStorage", "Look again what is in pool %1");
    case PoolChange::Delete:
        return QT_TRANSLATE_NOOP("VmStorage", "Delete pool %1");
    case PoolChange::LetIn:
        return QT_TRANSLATE_NOOP("VmStorage", "Let machines into pool %1");
    case PoolChange::Autostart:
        return QT_TRANSLATE_NOOP("VmStorage", "Let pool %1 start by itself");
    default:
        return QT_TRANSLATE_NOOP("VmStorage", "Let pool %1 no longer start by itself");
    }
}

} // namespace

std::unique_ptr<Job> VmStorage::readPools(const QStringList& names, std::shared_ptr<std::vector<MachinePool>> into)
{
    return connectedJob(QCoreApplication::translate("VmStorage", "Read the storage pools"), m_calls, m_tools,
        [names, into = std::move(into)](virConnectPtr connection, const VmToolbox& tools, JobContext&) -> Result<> {
            auto pools = readPoolsOf(connection, tools, names);
            if (!pools)
                return std::move(pools).error();
            *into = std::move(*pools);
            return {};
        });
}

std::unique_ptr<Job> VmStorage::readPoolKinds(std::shared_ptr<std::vector<PoolKind>> into)
{
    return connectedJob(QCoreApplication::translate("VmStorage", "Read the kinds of pools"), m_calls, m_tools,
        [into = std::move(into)](virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            const auto xml = xmlFrom(virConnectGetStoragePoolCapabilities(connection, 0), "ask for the kinds");
            if (!xml && hasBrokenOff(xml.error()))
                return xml.error();
            *into = poolKinds(xml ? *xml : QByteArray()); // not all drivers tell
            return {};
        });
}

std::unique_ptr<Job> VmStorage::createPool(const PoolWish& wish)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Make pool %1"), wish.name), m_calls, m_tools,
        [wish](virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return createPoolOf(connection, tools, wish);
        });
}

std::unique_ptr<Job> VmStorage::changePool(const QString& name, PoolChange change)
{
    return connectedJob(storageTitle(titleOf(change), name), m_calls, m_tools,
        [name, change](virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return changePoolOf(connection, tools, name, change);
        });
}

std::unique_ptr<Job> VmStorage::readDefinition(const QString& name, std::shared_ptr<NamedDefinition> into)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Read the definition of pool %1"), name), m_calls,
        m_tools, [name, into = std::move(into)](virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            auto read = readPoolDefinition(connection, name);
            if (!read)
                return std::move(read).error();
            *into = *std::move(read);
            return {};
        });
}

std::unique_ptr<Job> VmStorage::define(
    const QString& name, const NewDefinition& definition, std::shared_ptr<DefinitionOutcome> into)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Define pool %1"), name), m_calls, m_tools,
        [name, definition, into = std::move(into)](
            virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            auto outcome = replacePoolDefinition(connection, name, definition);
            if (!outcome)
                return std::move(outcome).error();
            *into = *std::move(outcome);
            return {};
        });
}

std::unique_ptr<Job> VmStorage::createVolume(const VolumeWish& wish)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Make volume %1"), wish.name.name), m_calls,
        m_tools, [wish](virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return createVolumeOf(connection, tools, wish);
        });
}

std::unique_ptr<Job> VmStorage::resizeVolume(const VolumeName& volume, std::uint64_t bytes, ShrinkRule rule)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Resize volume %1"), volume.name), m_calls, m_tools,
        [volume, bytes, rule](virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return resizeVolumeTo(connection, tools, volume, bytes, rule);
        });
}

std::unique_ptr<Job> VmStorage::cloneVolume(const VolumeName& from, const VolumeName& to, const QString& format)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Copy volume %1"), from.name), m_calls, m_tools,
        [copy = VolumeCopy{ from, to, format }](virConnectPtr connection, const VmToolbox& tools, JobContext& context) {
            return cloneVolumeOf(connection, tools, copy, context);
        });
}

std::unique_ptr<Job> VmStorage::uploadVolume(const VolumeName& to, const QString& path)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Upload volume %1"), to.name), m_calls, m_tools,
        [to, path](virConnectPtr connection, const VmToolbox& tools, JobContext& context) {
            return uploadVolumeOf(connection, tools, to, path, context);
        });
}

std::unique_ptr<Job> VmStorage::downloadVolume(const VolumeName& volume, const QString& path)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Download volume %1"), volume.name), m_calls,
        m_tools, [volume, path](virConnectPtr connection, const VmToolbox& tools, JobContext& context) {
            return downloadVolumeOf(connection, tools, volume, path, context);
        });
}

std::unique_ptr<Job> VmStorage::wipeVolume(const VolumeName& volume)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Wipe volume %1"), volume.name), m_calls, m_tools,
        [volume](virConnectPtr connection, const VmToolbox& tools, JobContext& context) {
            return wipeVolumeOf(connection, tools, volume, context);
        });
}

std::unique_ptr<Job> VmStorage::deleteVolume(const VolumeName& volume, VolumeUse use)
{
    return connectedJob(storageTitle(QT_TRANSLATE_NOOP("VmStorage", "Delete volume %1"), volume.name), m_calls, m_tools,
        [volume, use](virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return deleteVolumeOf(connection, tools, volume, use);
        });
}

} // namespace twinhull
