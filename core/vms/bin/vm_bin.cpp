// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/vm_bin.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/snapshots/external_snapshots.h"
#include "core/vms/snapshots/snapshot_record.h"

#include <QDir>

#include <algorithm>
#include <chrono>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kVmBinRetention = std::chrono::hours(7 * 24);
constexpr unsigned kForgetOnly = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
    | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM;

/// libvirt forgets the domain, and no file of it goes. One that lived only while it ran is forgotten already.
Result<> forget(virConnectPtr connection, virDomainPtr domain, const QString& uuid)
{
    Error error;
    for (const unsigned flags : { kForgetOnly | VIR_DOMAIN_UNDEFINE_KEEP_TPM, kForgetOnly, 0U }) {
        if (virDomainUndefineFlags(domain, flags) == 0)
            return {};
        error = libvirtError("remove");
        if (error.code != ErrorCode::InvalidArgument && error.code != ErrorCode::Unsupported) // it knows these flags
            break;
    }
    const auto found = findDomain(connection, uuid);
    return !found && found.error().code == ErrorCode::NotFound ? Result<>() : Result<>(std::move(error));
}

Result<VmBinRecord> recordOf(virDomainPtr domain, const QString& name)
{
    VmBinRecord record;
    record.name = name;
    auto definition = domainXmlOf(domain, kDefinedWithSecrets);
    if (!definition)
        return std::move(definition).error();
    record.definition = *std::move(definition);
    const auto snapshots = snapshotRecordsOf(domain);
    if (!snapshots && snapshots.error().code != ErrorCode::Unsupported) // by a driver that has none
        return snapshots.error();
    for (const auto& snapshot : snapshots ? *snapshots : std::vector<SnapshotRecord>())
        record.snapshots.push_back({ snapshot.xml, snapshot.isCurrent });
    int isOn = 0;
    record.startsByItself = virDomainGetAutostart(domain, &isOn) == 0 && isOn != 0;
    record.removedMilliseconds = wallClockMilliseconds();
    record.untilMilliseconds = record.removedMilliseconds + kVmBinRetention.count();
    return record;
}

Error notInBin()
{
    return Error{ ErrorCode::NotFound, "the bin has no such VM", 0, "See what it has with: twinhullctl bin list" };
}

/// Of a VM in the bin, held while it is worked on.
struct HeldEntry {
    VmFolder folder;
    UniqueFd claim;
    VmBinRecord record;
    ConnectionHandle connection;
};

Result<HeldEntry> holdEntry(const VmToolbox& tools, const QString& key)
{
    const VmFolder folder(tools.folders, key);
    auto record = readBinRecord(folder);
    if (!record)
        return record.error().code == ErrorCode::NotFound ? notInBin() : std::move(record).error();
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    const auto known = findDomain(connection->get(), key);
    if (known || known.error().code != ErrorCode::NotFound)
        return known ? notInBin() : known.error();
    auto claim = claimVmFolder(folder, tools.uri);
    if (!claim)
        return std::move(claim).error();
    return HeldEntry{ folder, *std::move(claim), *std::move(record), *std::move(connection) };
}

Result<DomainHandle> defineAgain(virConnectPtr connection, const QByteArray& xml)
{
    DomainHandle domain(virDomainDefineXML(connection, xml.constData()));
    return domain ? Result<DomainHandle>(std::move(domain)) : Result<DomainHandle>(libvirtError("define it again"));
}

Result<> tellOfSnapshots(virDomainPtr domain, const std::vector<KeptSnapshot>& snapshots)
{
    for (const KeptSnapshot& snapshot : snapshots) {
        if (auto told = redefineSnapshot(domain, snapshot.xml, snapshot.isCurrent); !told)
            return told;
    }
    return {};
}

/// A name that no VM has, for the moment that it takes to remove it with all that libvirt keeps.
Result<QByteArray> namedForRemoval(const QByteArray& xml, const QString& key)
{
    const auto parsed = DomainXml::parse(xml);
    if (!parsed)
        return parsed.error();
    setTextAt(parsed->root(), QStringLiteral("name"), QStringLiteral("removed-") + withoutConnection(key));
    return parsed->toText();
}

BinnedWorkload entryOf(const QString& key, const VmBinRecord& record)
{
    BinnedWorkload entry{ { WorkloadKind::Vm, key }, record.name,
        QDateTime::fromMSecsSinceEpoch(record.removedMilliseconds),
        QDateTime::fromMSecsSinceEpoch(record.untilMilliseconds) };
    if (const auto description = parseDomain(record.definition); description && description->mark)
        entry.imageDigest = description->mark->imageDigest;
    return entry;
}

} // namespace

Result<> discardVm(const VmToolbox& tools, const DomainSnapshot& vm)
{
    const QString& key = vm.info.id.key;
    const VmFolder folder(tools.folders, key);
    const auto open = openDomain(tools, key);
    if (!open)
        return open.error();
    auto record
        = recordOf(open->get(), vm.info.name); // as it is defined: one that is not kept goes when it is forced off
    if (!record)
        return std::move(record).error();
    if (auto made = makeFolders(folder.path().toStdString()); !made)
        return made;
    const auto claim = claimVmFolder(folder, tools.uri);
    if (!claim)
        return claim.error();
    if (auto written = writeBinRecord(folder, *record); !written)
        return written;
    auto done = virDomainIsActive(open->get()) == 1 ? forceOffVm(tools, key) : Result<>();
    if (done)
        done = forget(open->connection.get(), open->get(), key);
    tools.link->refresh(key);
    if (!done)
        (void)removeBinRecord(folder); // it is there as before, which is what counts
    return done;
}

/// Asks nobody for the folders: another program may be looking through them just now.
Result<std::vector<BinnedWorkload>> listVmBin(const VmToolbox& tools)
{
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    std::vector<BinnedWorkload> found;
    const QDir vms(QString::fromStdString(tools.folders.vms()));
    for (const QString& key : vms.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
        const VmFolder folder(tools.folders, key);
        const auto record = readBinRecord(folder);
        if (!record || key != tools.keyOf(withoutConnection(key)) || !isVmFolderOf(folder, tools.uri))
            continue;
        const auto known = findDomain(connection->get(), key);
        if (known || known.error().code != ErrorCode::NotFound) // its record is what a killed program left
            continue;
        found.push_back(entryOf(key, *record));
    }
    std::sort(found.begin(), found.end(),
        [](const BinnedWorkload& left, const BinnedWorkload& right) { return left.removedAt > right.removedAt; });
    return found;
}

Result<> restoreVm(const VmToolbox& tools, const QString& key)
{
    auto entry = holdEntry(tools, key);
    if (!entry)
        return std::move(entry).error();
    const QByteArray name = entry->record.name.toUtf8();
    if (const DomainHandle other(virDomainLookupByName(entry->connection.get(), name.constData())); other)
        return Error{ ErrorCode::AlreadyExists, "another VM is named " + name.toStdString() + " by now", 0,
            "Rename that one first: twinhullctl vm rename" };
    auto domain = defineAgain(entry->connection.get(), entry->record.definition);
    if (!domain)
        return std::move(domain).error();
    auto told = tellOfSnapshots(domain->get(), entry->record.snapshots);
    if (!told) {
        if (auto forgotten = forget(entry->connection.get(), domain->get(), key); !forgotten)
            qWarning("%s", forgotten.error().toLine().c_str());
        return told;
    }
    if (entry->record.startsByItself && virDomainSetAutostart(domain->get(), 1) != 0)
        qWarning("%s", libvirtError("start it by itself again").toLine().c_str());
    tools.link->refresh(key);
    return removeBinRecord(entry->folder);
}

Result<> removeVmForGood(const VmToolbox& tools, const QString& key)
{
    auto entry = holdEntry(tools, key);
    if (!entry)
        return std::move(entry).error();
    const auto xml = namedForRemoval(entry->record.definition, key);
    if (!xml)
        return xml.error();
    auto domain = defineAgain(entry->connection.get(), *xml);
    if (!domain)
        return std::move(domain).error();
    auto removed = removeVm(tools, key); // what is in its disks of snapshots goes with them
    if (!removed) {
        if (auto forgotten = forget(entry->connection.get(), domain->get(), key); !forgotten)
            qWarning("%s", forgotten.error().toLine().c_str());
    }
    return removed;
}

Result<> emptyVmBin(const VmToolbox& tools, std::int64_t nowMilliseconds)
{
    const auto entries = listVmBin(tools);
    if (!entries)
        return entries.error();
    Result<> first;
    for (const auto& entry : *entries) {
        if (entry.until.toMSecsSinceEpoch() > nowMilliseconds)
            continue;
        auto removed = removeVmForGood(tools, entry.id.key);
        if (!removed && first)
            first = std::move(removed).withContext("remove " + entry.name.toStdString() + " for good");
    }
    return first;
}

} // namespace twinhull
