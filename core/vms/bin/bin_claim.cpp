// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/bin_claim.h"

#include "core/base/files.h"
#include "core/vms/bin/domain_forgetting.h"
#include "core/vms/bin/kept_nvram.h"
#include "core/vms/disks/disk_chain.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/snapshots/external_snapshots.h"
#include "core/vms/snapshots/snapshot_record.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <optional>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kClaimCheck{ 100 };
constexpr std::chrono::seconds kClaimDeadline{ 60 };

/// By target; what cannot be read is like nothing.
std::optional<QMap<QString, QString>> diskPathsOf(const QByteArray& definition)
{
    const auto disks = definedDisksOf(definition);
    if (!disks)
        return std::nullopt;
    QMap<QString, QString> paths;
    for (const DefinedDisk& disk : *disks)
        paths.insert(disk.target, disk.file.path);
    return paths;
}

/// The path of a volume, too, where its pool tells.
DiskSourceFile fileOf(virConnectPtr connection, const SnapshotRecord& snapshot, const SnapshotRecord::Disk& disk)
{
    if (disk.volume.isEmpty())
        return disk.file;
    const auto defined = definedDisksOn(connection, snapshot.definition);
    for (const DefinedDisk& each : defined ? *defined : std::vector<DefinedDisk>()) {
        if (each.target == disk.target)
            return each.file;
    }
    return disk.file;
}

/// Whether that to which it goes back is there; an error where nobody can tell.
Result<bool> isStateThere(virConnectPtr connection, const SnapshotRecord& snapshot)
{
    for (const SnapshotRecord::Disk& disk : snapshot.disks) {
        const DiskSourceFile file = fileOf(connection, snapshot, disk);
        if (file.path.isEmpty() && !disk.volume.isEmpty())
            return Error{ ErrorCode::Unavailable,
                "where volume " + disk.volume.toStdString() + " of pool " + disk.pool.toStdString()
                    + " is cannot be told",
                0, "Start the pool: twinhullctl pool start " + disk.pool.toStdString() };
        const bool isExternal = disk.place == SnapshotPlace::External;
        const bool hasFile = exists(file.path.toStdString());
        if (!hasFile && (isExternal || QFileInfo(file.path).absoluteDir().exists())) // else it may not be mounted
            return false;
        if (isExternal)
            continue;
        auto saved = savedMemoryBytes(file);
        if (!saved)
            return std::move(saved).error().withContext(
                "see whether its snapshot " + snapshot.name.toStdString() + " is still there");
        if (!saved->contains(snapshot.name))
            return false;
    }
    return true;
}

/// Those of them that libvirt does not know and whose states are there, with all that they are children of.
Result<std::vector<KeptSnapshot>> tellableOf(
    virConnectPtr connection, const std::vector<KeptSnapshot>& kept, const std::vector<SnapshotRecord>& knownToLibvirt)
{
    QStringList names;
    for (const SnapshotRecord& known : knownToLibvirt)
        names << known.name;
    std::vector<KeptSnapshot> lost;
    for (const KeptSnapshot& each : kept) { // parents first
        const auto record = parseSnapshotRecord(each.xml);
        const bool isLost
            = record && !names.contains(record->name) && (record->parent.isEmpty() || names.contains(record->parent));
        const auto isTellable = isLost ? isStateThere(connection, *record) : Result<bool>(false);
        if (!isTellable)
            return isTellable.error();
        if (!*isTellable)
            continue;
        names << record->name;
        lost.push_back(each);
    }
    return lost;
}

/// libvirt forgets snapshots before the definition, one after the other. Who deleted one since has other disks, or its
/// state is gone.
Result<std::vector<KeptSnapshot>> lostSnapshots(virDomainPtr domain, const VmBinRecord& record)
{
    std::vector<KeptSnapshot> none;
    if (record.snapshots.empty())
        return none;
    const auto definition = domainXmlOf(domain, kDefinedWithSecrets);
    if (!definition)
        return definition.error();
    const auto now = diskPathsOf(*definition);
    if (!now || now != diskPathsOf(record.definition))
        return none;
    if (virDomainSnapshotNum(domain, 0) == 0)
        return record.snapshots;
    const auto known = allSnapshotRecordsOf(domain);
    return known ? tellableOf(virDomainGetConnect(domain), record.snapshots, *known) : known.error();
}

/// Of one that was never removed. What a killed program had told libvirt may come to pass meanwhile.
Result<> dropRecord(const OpenDomain& domain, const VmFolder& folder, const VmBinRecord& record)
{
    if (auto gone = removeBinRecord(folder); !gone)
        return gone;
    const auto known = isKnownTo(domain.connection.get(), uuidOf(domain.get()));
    return known && *known ? Result<>() : writeBinRecord(folder, record);
}

/// libvirt removes what the firmware keeps with the definition; whoever defined the machine again has none.
Result<> giveMissingNvramBack(const VmToolbox& tools, const OpenDomain& domain, const VmFolder& folder)
{
    if (!exists(folder.nvramPath().toStdString()))
        return {};
    const auto definition = domainXmlOf(domain.get(), kDefinedWithSecrets);
    if (!definition)
        return definition.error();
    const auto place = nvramOutside(tools, domain.connection.get(), uuidOf(domain.get()), *definition);
    if (!place)
        return place.error().code == ErrorCode::Unsupported ? Result<>() : Result<>(place.error());
    const bool isMissing = place->isOutside() && !exists(place->path.toStdString());
    return isMissing ? giveNvramBack(place->path, folder) : Result<>();
}

} // namespace

Result<UniqueFd> claimForBin(const VmToolbox& tools, const VmFolder& folder, JobContext& context)
{
    const auto end = std::chrono::steady_clock::now() + kClaimDeadline;
    while (true) {
        auto claim = claimIdleVmFolder(folder, tools.uri);
        if (claim || claim.error().code != ErrorCode::Busy || std::chrono::steady_clock::now() >= end)
            return claim;
        context.setStep(QCoreApplication::translate("VmBin", "Waiting for another program"));
        if (context.waitForCancel(kClaimCheck))
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    }
}

Result<bool> isKnownTo(virConnectPtr connection, const QString& key)
{
    const auto known = findDomain(connection, key);
    if (known || known.error().code == ErrorCode::NotFound)
        return bool(known);
    return known.error();
}

Result<> tellOfSnapshots(virDomainPtr domain, const std::vector<KeptSnapshot>& snapshots)
{
    if (snapshots.empty())
        return {};
    const auto known = snapshotRecordsOf(domain);
    if (!known)
        return known.error();
    const bool hasCurrent
        = std::any_of(known->begin(), known->end(), [](const SnapshotRecord& record) { return record.isCurrent; });
    for (const KeptSnapshot& snapshot : snapshots) {
        const auto record = parseSnapshotRecord(snapshot.xml);
        if (!record)
            return record.error();
        const bool isKnown = std::any_of(known->begin(), known->end(),
            [&record](const SnapshotRecord& other) { return other.name == record->name; });
        if (isKnown)
            continue;
        if (auto told = redefineSnapshot(domain, snapshot.xml, snapshot.isCurrent && !hasCurrent); !told)
            return told;
    }
    return {};
}

Result<> settleKnownVm(const VmToolbox& tools, const OpenDomain& domain, const VmFolder& folder)
{
    const auto record = readBinRecord(folder);
    const bool saysNothing
        = !record && (record.error().code == ErrorCode::NotFound || record.error().code == ErrorCode::Corrupt);
    if (!record)
        return saysNothing ? Result<>() : Result<>(record.error());
    const int isPersistent = virDomainIsPersistent(domain.get());
    if (isPersistent < 0)
        return libvirtError("ask whether it is defined");
    if (isPersistent == 0) // it is gone as soon as it is off: the record is all that there is then
        return Error{ ErrorCode::Busy, "it runs without a definition", 0, "Wait until it is off." };
    if (auto given = giveMissingNvramBack(tools, domain, folder); !given)
        return given;
    if (record->phase == BinPhase::Leaving) { // it is as it was, unless libvirt ended in the middle
        const auto lost = lostSnapshots(domain.get(), *record);
        auto told = lost ? tellOfSnapshots(domain.get(), *lost) : Result<>(lost.error());
        return told ? dropRecord(domain, folder, *record) : std::move(told);
    }
    if (isHalfRemoved(domain.get(), *record))
        return Error{ ErrorCode::Busy, "it is being removed for good", 0, {} };
    if (auto told = tellOfSnapshots(domain.get(), record->snapshots); !told)
        return std::move(told).withContext("tell libvirt again of the snapshots that it had");
    if (record->phase == BinPhase::Coming && record->startsByItself && virDomainSetAutostart(domain.get(), 1) != 0)
        qWarning("%s", libvirtError("start it by itself again").toLine().c_str());
    tools.link->refresh(tools.keyOf(uuidOf(domain.get())));
    return removeBinRecord(folder);
}

QString removalName(const QString& key)
{
    return QStringLiteral("removed-") + withoutConnection(key);
}

bool isHalfRemoved(virDomainPtr domain, const VmBinRecord& record)
{
    return record.phase == BinPhase::Going
        && QString::fromUtf8(virDomainGetName(domain)) == removalName(uuidOf(domain));
}

} // namespace twinhull
