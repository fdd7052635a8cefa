// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/vm_bin.h"

#include "core/base/files.h"
#include "core/vms/bin/bin_claim.h"
#include "core/vms/bin/domain_forgetting.h"
#include "core/vms/bin/folder_users.h"
#include "core/vms/bin/kept_nvram.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/domain/domain_xml.h"

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

Error notInBin()
{
    return Error{ ErrorCode::NotFound, "the bin has no such VM", 0, "See what it has with: twinhullctl bin list" };
}

/// Of a VM in the bin, held while it is worked on.
struct HeldEntry {
    VmFolder folder;
    UniqueFd claim;
    ConnectionHandle connection;
    Result<VmBinRecord> record; ///< or why it cannot be read
};

/// Claimed first, then read, then asked about: what was true before may not be any more.
Result<HeldEntry> holdClaimed(const VmToolbox& tools, const QString& key, UniqueFd claim)
{
    const VmFolder folder(tools.folders, key);
    auto record = readBinRecord(folder);
    if (!record && record.error().code == ErrorCode::NotFound)
        return notInBin();
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    const auto known = findDomain(connection->get(), key);
    if (!known && known.error().code != ErrorCode::NotFound)
        return known.error();
    if (known && !(record && isHalfRemoved(known->get(), *record)))
        return notInBin();
    return HeldEntry{ folder, std::move(claim), *std::move(connection), std::move(record) };
}

Result<HeldEntry> holdEntry(const VmToolbox& tools, const QString& key, JobContext& context)
{
    const VmFolder folder(tools.folders, key);
    if (!exists(folder.binRecordPath().toStdString()))
        return notInBin();
    auto claim = claimForBin(tools, folder, context);
    if (!claim)
        return claim.error().code == ErrorCode::NotFound ? notInBin() : std::move(claim).error();
    return holdClaimed(tools, key, *std::move(claim));
}

ForgetWish keepingAllOf(const VmBinRecord& record)
{
    return { FileFate::Kept, hasEmulatedTpm(record.definition) ? std::optional(FileFate::Kept) : std::nullopt };
}

Result<OpenDomain> defineAgain(const VmToolbox& tools, const QByteArray& xml)
{
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    DomainHandle domain(virDomainDefineXML(connection->get(), xml.constData()));
    if (!domain)
        return libvirtError("define it again");
    return OpenDomain{ *std::move(connection), std::move(domain) };
}

Result<> writePhase(const VmFolder& folder, VmBinRecord record, BinPhase phase)
{
    record.phase = phase;
    return writeBinRecord(folder, record);
}

/// `record` is the entry's, as it is to be.
Result<> bringBack(const VmToolbox& tools, const QString& key, const HeldEntry& entry, const VmBinRecord& record)
{
    if (auto noted = writePhase(entry.folder, record, BinPhase::Coming); !noted)
        return noted;
    const auto given = giveNvramBack(record.nvramPath, entry.folder);
    auto domain = given ? defineAgain(tools, record.definition) : Result<OpenDomain>(given.error());
    if (!domain && hasBrokenOff(domain.error())) // it may be defined: the sweep sees
        return std::move(domain).error();
    auto done = domain ? tellOfSnapshots(domain->get(), record.snapshots) : Result<>(domain.error());
    if (!done) {
        auto left = domain ? forgetDomain(*domain, keepingAllOf(record)) : Result<>();
        if (left)
            left = takeNvramAway(record.nvramPath, entry.folder);
        if (left)
            left = writeBinRecord(entry.folder, *entry.record);
        if (!left)
            qWarning("%s", std::move(left).withContext("leave it in the bin").error().toLine().c_str());
        tools.link->refresh(key);
        return done;
    }
    if (record.startsByItself && virDomainSetAutostart(domain->get(), 1) != 0)
        qWarning("%s", libvirtError("start it by itself again").toLine().c_str());
    tools.link->refresh(key);
    auto ended = removeBinRecord(entry.folder);
    if (ended && !record.nvramPath.isEmpty())
        (void)removeTree(entry.folder.nvramPath().toStdString()); // it is back at its place
    return ended;
}

/// A TPM's state is libvirt's own file: it removes that of a domain alone that it knows.
Result<> removeTpmState(const VmToolbox& tools, const QString& key, const QByteArray& definition)
{
    const auto parsed = DomainXml::parse(definition);
    if (!parsed)
        return parsed.error();
    setTextAt(parsed->root(), QStringLiteral("name"), removalName(key)); // nobody else has it
    const auto domain = defineAgain(tools, parsed->toText());
    if (!domain)
        return domain.error();
    return forgetDomain(*domain, { FileFate::Kept, FileFate::Removed });
}

/// Of one that libvirt may know under its name for the removal, where a program was killed in the middle.
Result<> removeHeld(const VmToolbox& tools, const QString& key, const HeldEntry& entry)
{
    const QStringList folders = vmFoldersOf(tools, key);
    if (auto free = checkNobodyUsesFolders(tools, entry.connection.get(), key, folders); !free)
        return free;
    const bool hasTpm = entry.record && hasEmulatedTpm(entry.record->definition);
    if (entry.record) {
        auto noted = writePhase(entry.folder, *entry.record, BinPhase::Going);
        const bool isDiskFull = !noted && (noted.error().sysErrno == ENOSPC || noted.error().sysErrno == EDQUOT);
        if (!noted && !(isDiskFull && folders.size() == 1 && !hasTpm)) // that one goes at once or not at all
            return noted;
    }
    auto gone = hasTpm ? removeTpmState(tools, key, entry.record->definition) : Result<>();
    const auto known = isKnownTo(entry.connection.get(), key); // as late as can be: the looks above take a while
    if (!known || (*known && !gone)) // the sweep goes on with it
        return known ? std::move(gone) : Result<>(known.error());
    if (*known)
        return Error{ ErrorCode::Busy, "somebody defined it again meanwhile", 0, {} };
    if (!gone) // libvirt does not take the definition any more
        qWarning("%s", std::move(gone).withContext("the state of its TPM stays").error().toLine().c_str());
    return removeFilesOfVm(tools, key);
}

/// One that was never confirmed to be forgotten by our hand does not go by itself, nor does one whose time comes from a
/// clock that was not set.
bool goesByItself(const VmBinRecord& record)
{
    constexpr std::int64_t kFirstPlausible = 1'700'000'000'000; // milliseconds: in 2023
    return record.phase == BinPhase::Going
        || (record.phase == BinPhase::Kept && record.removedMilliseconds >= kFirstPlausible);
}

bool isOver(const VmBinRecord& record, std::int64_t nowMilliseconds)
{
    return goesByItself(record) && (record.phase == BinPhase::Going || record.untilMilliseconds <= nowMilliseconds);
}

BinnedWorkload entryOf(const BinFolder& binned)
{
    BinnedWorkload entry{ { WorkloadKind::Vm, binned.key }, binned.key, {}, {} };
    entry.isReadable = bool(binned.record);
    if (!entry.isReadable)
        return entry;
    entry.name = binned.record->name;
    entry.removedAt = QDateTime::fromMSecsSinceEpoch(binned.record->removedMilliseconds);
    if (goesByItself(*binned.record))
        entry.until = QDateTime::fromMSecsSinceEpoch(binned.record->untilMilliseconds);
    const auto description = parseDomain(binned.record->definition);
    if (description && description->mark)
        entry.imageDigest = description->mark->imageDigest;
    return entry;
}

Result<> sweepOne(const VmToolbox& tools, const QString& key, std::int64_t nowMilliseconds)
{
    const VmFolder folder(tools.folders, key);
    auto claim = claimIdleVmFolder(folder, tools.uri);
    if (!claim)
        return claim.error().code == ErrorCode::NotFound ? Result<>() : Result<>(std::move(claim).error());
    const auto domain = openDomain(tools, key);
    if (!domain && domain.error().code != ErrorCode::NotFound)
        return domain.error();
    const auto record = readBinRecord(folder);
    if (!record) // removed meanwhile; one that cannot be read waits for its person
        return {};
    if (domain && !isHalfRemoved(domain->get(), *record))
        return settleKnownVm(tools, *domain, folder);
    if (!isOver(*record, nowMilliseconds))
        return {};
    const auto entry = holdClaimed(tools, key, *std::move(claim));
    return entry ? removeHeld(tools, key, *entry) : Result<>(entry.error());
}

} // namespace

/// Asks nobody for the folders: another program may be looking through them just now.
Result<std::vector<BinnedWorkload>> listVmBin(const VmToolbox& tools)
{
    std::vector<BinnedWorkload> found;
    const auto folders = binFoldersOf(tools);
    if (!folders)
        return folders.error();
    if (folders->empty())
        return found;
    const auto connection = tools.link->connection();
    if (!connection)
        return connection.error();
    for (const BinFolder& each : *folders) {
        const auto known = isKnownTo(connection->get(), each.key);
        if (!known)
            return known.error();
        if (!*known) // else its record is what a killed program left
            found.push_back(entryOf(each));
    }
    std::sort(found.begin(), found.end(),
        [](const BinnedWorkload& left, const BinnedWorkload& right) { return left.removedAt > right.removedAt; });
    return found;
}

Result<> restoreVm(const VmToolbox& tools, const QString& key, JobContext& context)
{
    const auto entry = holdEntry(tools, key, context);
    if (!entry)
        return entry.error();
    if (!entry->record)
        return entry->record.error();
    if (entry->record->phase == BinPhase::Going)
        return Error{ ErrorCode::Unsupported, "it was being removed for good, and files of it may be missing", 0,
            "End that with: twinhullctl bin remove " + key.toStdString() };
    const QByteArray name = entry->record->name.toUtf8();
    if (const DomainHandle other(virDomainLookupByName(entry->connection.get(), name.constData())); other)
        return Error{ ErrorCode::AlreadyExists, "another VM is named " + name.toStdString() + " by now", 0,
            "Rename that one first: twinhullctl vm rename" };
    VmBinRecord coming = *entry->record;
    if (auto free = makeWayForNvram(entry->connection.get(), key, entry->folder, coming); !free)
        return free;
    return bringBack(tools, key, *entry, coming);
}

Result<> removeVmForGood(const VmToolbox& tools, const QString& key, JobContext& context)
{
    const auto entry = holdEntry(tools, key, context);
    return entry ? removeHeld(tools, key, *entry) : Result<>(entry.error());
}

Result<> sweepVmBin(const VmToolbox& tools, std::int64_t nowMilliseconds)
{
    const auto folders = binFoldersOf(tools);
    if (!folders)
        return folders.error();
    Result<> first;
    std::vector<const BinFolder*> pending;
    for (const BinFolder& each : *folders)
        pending.push_back(&each);
    for (bool hasGone = true; hasGone;) { // what was stood on may go with the next round
        hasGone = false;
        std::vector<const BinFolder*> busy;
        for (const BinFolder* each : pending) {
            auto swept = sweepOne(tools, each->key, nowMilliseconds);
            hasGone = hasGone || (swept && !exists(each->folder.path().toStdString()));
            const std::string name = (each->record ? each->record->name : each->key).toStdString();
            if (!swept && swept.error().code == ErrorCode::Busy)
                busy.push_back(each);
            else if (!swept && first)
                first = std::move(swept).withContext("look after " + name + " in the bin");
        }
        pending = std::move(busy);
    }
    return first;
}

Result<> settleIdleBinRecord(const VmToolbox& tools, const QString& key)
{
    const VmFolder folder(tools.folders, key);
    if (!exists(folder.binRecordPath().toStdString()))
        return {};
    const auto claim = claimIdleVmFolder(folder, tools.uri);
    const auto domain = claim ? openDomain(tools, key) : Result<OpenDomain>(claim.error());
    auto settled = domain ? settleKnownVm(tools, *domain, folder) : Result<>(domain.error());
    const bool isOthers
        = !settled && (settled.error().code == ErrorCode::Busy || settled.error().code == ErrorCode::NotFound);
    return isOthers ? Result<>() : std::move(settled);
}

} // namespace twinhull
