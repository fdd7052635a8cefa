// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/snapshots/vm_snapshots.h"

#include "core/base/files.h"
#include "core/vms/disks/disk_chain.h"
#include "core/vms/link/domain_job.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/snapshots/external_snapshots.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/snapshots/snapshot_plan.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace twinhull {

namespace {

QString translateSnapshot(const char* text)
{
    return QCoreApplication::translate("VmSnapshots", text);
}

struct SnapshotCall {
    OpenDomain open;
    std::vector<SnapshotRecord> records;

    const SnapshotRecord* find(const QString& name) const
    {
        const auto found = std::find_if(
            records.begin(), records.end(), [&name](const SnapshotRecord& record) { return record.name == name; });
        return found == records.end() ? nullptr : &*found;
    }
};

Result<SnapshotCall> openCall(const VmToolbox& tools, const QString& uuid)
{
    auto open = openDomain(tools, uuid);
    if (!open)
        return std::move(open).error();
    auto records = snapshotRecordsOf(open->get());
    if (!records)
        return std::move(records).error();
    return SnapshotCall{ *std::move(open), *std::move(records) };
}

Error noSuchSnapshot(const QString& name)
{
    return Error{ ErrorCode::NotFound, "there is no snapshot " + name.toStdString(), 0,
        "List them with: twinhullctl vm snapshot list NAME" };
}

/// A state that goes on from a saved memory goes on with the disks that it had.
Result<> checkNothingIsSaved(virDomainPtr domain)
{
    const int isSaved = virDomainHasManagedSaveImage(domain, 0);
    if (isSaved != 1)
        return answerOf(isSaved, "ask whether its memory is saved");
    return Error{ ErrorCode::Busy, "its memory is saved, and goes on with the disks as they are", 0,
        "Start it first, or throw that away: twinhullctl vm save --discard NAME" };
}

QString missingFileOf(const SnapshotRecord& record)
{
    for (const auto& disk : record.disks) {
        if (disk.place == SnapshotPlace::External && !exists(disk.file.path.toStdString()))
            return disk.file.path;
    }
    const bool hasFile = record.memory == SnapshotPlace::External && !record.memoryFile.isEmpty();
    return hasFile && !exists(record.memoryFile.toStdString()) ? record.memoryFile : QString();
}

QString whyNotReverted(const SnapshotRecord& record, bool isMixed, HypervisorPlace place)
{
    if (isMixed)
        return translateSnapshot("The VM has internal and external snapshots: going back to one would break the "
                                 "others. A full clone has neither.");
    if (!record.isExternal())
        return {};
    if (place == HypervisorPlace::Elsewhere)
        return translateSnapshot("Its files are on another computer.");
    if (const QString missing = missingFileOf(record); !missing.isEmpty())
        return translateSnapshot("%1 is missing. Put that file back in its place.").arg(missing);
    return {};
}

QString whyNotDeleted(const SnapshotRecord& record, const std::vector<SnapshotRecord>& all, QString revertRefusal)
{
    if (!revertRefusal.isEmpty() || !record.isExternal())
        return revertRefusal;
    const auto children = std::count_if(
        all.begin(), all.end(), [&record](const SnapshotRecord& other) { return other.parent == record.name; });
    const bool isBranching = children > 1 || (children == 1 && record.isCurrent);
    return isBranching
        ? translateSnapshot("More than one state stands on it. Delete the snapshots of all branches but one first.")
        : QString();
}

std::optional<std::uint64_t> sizeOf(const SnapshotRecord& record, const QMap<QString, std::uint64_t>& savedMemory)
{
    const bool hasTold = record.memory && savedMemory.contains(record.name); // what it holds of the disks is not told
    if (!record.isExternal())
        return hasTold ? std::optional(savedMemory.value(record.name)) : std::nullopt;
    std::uint64_t bytes = 0;
    QStringList files{ record.memoryFile };
    for (const auto& disk : record.disks)
        files << disk.file.path;
    for (const QString& file : files) {
        const auto own = file.isEmpty() ? Result<std::uint64_t>(0U) : allocatedBytes(file.toStdString());
        if (!own)
            return std::nullopt;
        bytes += *own;
    }
    return bytes;
}

/// libvirt keeps memory with the first disk that can.
QMap<QString, std::uint64_t> savedMemoryOf(const SnapshotCall& call)
{
    const auto xml = domainXmlOf(call.open.get());
    const auto disks = xml ? definedDisksOf(*xml) : xml.error();
    for (const DefinedDisk& disk : disks ? *disks : std::vector<DefinedDisk>()) {
        if (!disk.isWritable || disk.file.format != u"qcow2")
            continue;
        const auto saved = savedMemoryBytes(disk.file);
        return saved ? *saved : QMap<QString, std::uint64_t>();
    }
    return {};
}

Result<> listInto(const VmToolbox& tools, const QString& uuid, std::vector<MachineSnapshot>& into)
{
    const auto call = openCall(tools, uuid);
    if (!call)
        return call.error();
    const PresentPlaces present = presentPlaces(call->records);
    const bool isHere = tools.place == HypervisorPlace::Here;
    const bool hasInside = present.place == SnapshotPlace::Internal && isHere;
    const auto savedMemory = hasInside ? savedMemoryOf(*call) : QMap<QString, std::uint64_t>();
    into.clear();
    for (const SnapshotRecord& record : call->records) {
        MachineSnapshot one;
        one.name = record.name;
        one.parent = record.parent;
        one.description = record.description;
        one.takenAt = record.takenAt;
        one.machineState = record.state;
        one.place = record.isExternal() ? SnapshotPlace::External : SnapshotPlace::Internal;
        one.hasMemory = record.memory.has_value();
        one.isCurrent = record.isCurrent;
        one.sizeBytes = isHere ? sizeOf(record, savedMemory) : std::nullopt;
        one.revertRefusal = whyNotReverted(record, present.isMixed, tools.place);
        one.deleteRefusal = whyNotDeleted(record, call->records, one.revertRefusal);
        into.push_back(std::move(one));
    }
    return {};
}

/// The files of an external one, where they can be named from here; else libvirt names them.
Result<> nameFiles(SnapshotPlan& plan)
{
    for (const DefinedDisk& disk : plan.disks) {
        if (!disk.isWritable || disk.file.path.isEmpty())
            continue;
        const auto layers = layersOf(disk.file.path, disk.file.format);
        if (!layers)
            return layers.error();
        if (plan.place == SnapshotPlace::Internal)
            continue;
        if (!QFileInfo(disk.file.path).isFile())
            return Error{ ErrorCode::Unsupported,
                "the disk " + disk.target.toStdString() + " is no file, so no layer can be put above it", 0, {} };
        const QString lowest = layers->back().file.path;
        plan.layers.insert(disk.target, freeLayerPath(lowest, plan.name, QStringLiteral(".qcow2")));
        if (plan.hasMemory && plan.memoryFile.isEmpty())
            plan.memoryFile = freeLayerPath(lowest, plan.name, QStringLiteral(".memory"));
    }
    return {};
}

/// The agent can write out what the guest has not written, and hold it until the layers are changed.
bool canBeQuiet(virDomainPtr domain)
{
    const auto xml = domainXmlOf(domain);
    const auto parsed = xml ? DomainXml::parse(*xml) : xml.error();
    if (!parsed || virDomainIsActive(domain) != 1)
        return false;
    const QString agent = QStringLiteral("org.qemu.guest_agent.0");
    for (xmlNodePtr device : childElements(parsed->devices())) {
        if (isElement(device, "channel") && textAt(device, QStringLiteral("target@name")) == agent)
            return textAt(device, QStringLiteral("target@state")) == u"connected";
    }
    return false;
}

Result<> takeSnapshot(virDomainPtr domain, const SnapshotPlan& plan)
{
    unsigned flags = 0;
    if (plan.place == SnapshotPlace::External)
        flags = plan.hasMemory ? VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC
                               : VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC | VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY;
    const QByteArray xml = snapshotXml(plan);
    const bool isQuiet = (flags & VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY) != 0 && canBeQuiet(domain);
    SnapshotHandle taken;
    if (isQuiet)
        taken.reset(virDomainSnapshotCreateXML(domain, xml.constData(), flags | VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE));
    if (!taken) // an agent that does not answer; then it is as after a power cut
        taken.reset(virDomainSnapshotCreateXML(domain, xml.constData(), flags));
    return taken ? Result<>() : Result<>(libvirtError("take a snapshot"));
}

/// Opens, finds and refuses alike for what is done with one that is there.
template <typename Function>
Result<> withSnapshot(
    const VmToolbox& tools, const QString& uuid, const QString& name, JobContext& context, Function function)
{
    const auto call = openCall(tools, uuid);
    if (!call)
        return call.error();
    const SnapshotRecord* record = call->find(name);
    if (record == nullptr)
        return noSuchSnapshot(name);
    auto done = function(
        SnapshotWork{ tools, call->open.connection.get(), call->open.get(), call->records, context }, *record);
    tools.link->refresh(uuid);
    return done;
}

Result<> refusedFor(const QString& reason)
{
    return reason.isEmpty()
        ? Result<>()
        : Result<>(Error{ ErrorCode::Unsupported, reason.toStdString(), 0, "Nothing was changed." });
}

Result<> revertNow(const SnapshotWork& work, const SnapshotRecord& record)
{
    const bool isMixed = presentPlaces(work.all).isMixed;
    if (auto refused = refusedFor(whyNotReverted(record, isMixed, work.tools.place)); !refused)
        return refused;
    if (record.isExternal())
        return revertToExternal(work, record);
    for (const auto& disk : record.disks) {
        if (disk.file.path.isEmpty() || work.tools.place == HypervisorPlace::Elsewhere)
            continue;
        if (auto layers = layersOf(disk.file.path, disk.file.format); !layers)
            return std::move(layers).error();
    }
    auto handle = findSnapshot(work.domain, record.name);
    if (!handle)
        return std::move(handle).error();
    work.context.setStep(translateSnapshot("Going back"));
    auto done = followDomainJob(work.domain, work.context, [snapshot = handle->get()] {
        return virDomainRevertToSnapshot(snapshot, 0) == 0 ? Result<>() : Result<>(libvirtError("go back"));
    });
    if (done && virDomainHasManagedSaveImage(work.domain, 0) == 1)
        (void)virDomainManagedSaveRemove(work.domain, 0); // it belongs to the state that was left
    return done;
}

Result<> deleteNow(const SnapshotWork& work, const SnapshotRecord& record)
{
    const bool isMixed = presentPlaces(work.all).isMixed;
    const QString revert = whyNotReverted(record, isMixed, work.tools.place);
    if (auto refused = refusedFor(whyNotDeleted(record, work.all, revert)); !refused)
        return refused;
    if (record.isExternal()) {
        if (auto nothing = checkNothingIsSaved(work.domain); !nothing)
            return nothing;
        return deleteExternal(work, record);
    }
    auto handle = findSnapshot(work.domain, record.name);
    if (!handle)
        return std::move(handle).error();
    work.context.setStep(translateSnapshot("Deleting"));
    return virDomainSnapshotDelete(handle->get(), 0) == 0 ? Result<>() : Result<>(libvirtError("delete the snapshot"));
}

Result<> describeNow(const SnapshotWork& work, const SnapshotRecord& record, const QString& description)
{
    const auto parsed = DomainXml::parse(record.xml, "domainsnapshot");
    if (!parsed)
        return parsed.error();
    setTextAt(parsed->root(), QStringLiteral("description"), description);
    return redefineSnapshot(work.domain, parsed->toText(), record.isCurrent);
}

} // namespace

Result<> createSnapshot(
    const VmToolbox& tools, const QString& uuid, const SnapshotRequest& request, QString& name, JobContext& context)
{
    const auto call = openCall(tools, uuid);
    if (!call)
        return call.error();
    virDomainPtr domain = call->open.get();
    if (auto nothing = checkNothingIsSaved(domain); !nothing)
        return nothing;
    const auto xml = domainXmlOf(domain);
    const auto description = xml ? parseDomain(*xml) : xml.error();
    const auto isActive = isDomainActive(domain);
    if (!description || !isActive)
        return description ? isActive.error() : description.error();
    auto plan = planSnapshot(request, { *xml, *isActive, description->isFromImage(), call->records });
    if (!plan)
        return std::move(plan).error();
    if (tools.place == HypervisorPlace::Here) {
        if (auto named = nameFiles(*plan); !named)
            return named;
    }
    context.setStep(translateSnapshot(plan->hasMemory ? "Writing its memory" : "Taking the snapshot"));
    auto taken = followDomainJob(domain, context, [domain, &plan] { return takeSnapshot(domain, *plan); });
    tools.link->refresh(uuid);
    name = plan->name;
    return taken;
}

std::unique_ptr<Job> VmSnapshots::list(const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineSnapshot>> into)
{
    return std::make_unique<ThreadJob>(translateSnapshot("Read the snapshots of %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, name = machine.name.toStdString(), into](
            JobContext&) { return listInto(tools, uuid, *into).withContext("read the snapshots of " + name); });
}

std::unique_ptr<Job> VmSnapshots::create(
    const WorkloadInfo& machine, const SnapshotRequest& request, std::shared_ptr<QString> name)
{
    return std::make_unique<ThreadJob>(translateSnapshot("Take a snapshot of %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, vm = machine.name.toStdString(), request, name](JobContext& context) {
            return createSnapshot(tools, uuid, request, *name, context).withContext("take a snapshot of " + vm);
        });
}

std::unique_ptr<Job> VmSnapshots::revert(const WorkloadInfo& machine, const QString& name)
{
    return std::make_unique<ThreadJob>(translateSnapshot("Take %1 back to %2").arg(machine.name, name), m_calls,
        [tools = m_tools, uuid = machine.id.key, name](JobContext& context) {
            return withSnapshot(tools, uuid, name, context, revertNow).withContext("go back to " + name.toStdString());
        });
}

std::unique_ptr<Job> VmSnapshots::remove(const WorkloadInfo& machine, const QString& name)
{
    return std::make_unique<ThreadJob>(translateSnapshot("Delete the snapshot %1 of %2").arg(name, machine.name),
        m_calls, [tools = m_tools, uuid = machine.id.key, name](JobContext& context) {
            return withSnapshot(tools, uuid, name, context, deleteNow)
                .withContext("delete the snapshot " + name.toStdString());
        });
}

std::unique_ptr<Job> VmSnapshots::describe(const WorkloadInfo& machine, const QString& name, const QString& description)
{
    return std::make_unique<ThreadJob>(translateSnapshot("Describe the snapshot %1").arg(name), m_calls,
        [tools = m_tools, uuid = machine.id.key, name, description](JobContext& context) {
            return withSnapshot(tools, uuid, name, context,
                [&description](const SnapshotWork& work, const SnapshotRecord& record) {
                    return describeNow(work, record, description);
                })
                .withContext("describe the snapshot " + name.toStdString());
        });
}

} // namespace twinhull
