// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/vm_hardware.h"

#include "core/base/files.h"
#include "core/vms/domain/definition_check.h"
#include "core/vms/domain/domain_history.h"
#include "core/vms/domain/host_devices.h"
#include "core/vms/domain/live_change.h"
#include "core/vms/link/connected_job.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/snapshots/snapshot_record.h"
#include "core/vms/storage/file_obstacles.h"
#include "core/vms/storage/new_disk.h"

#include <QCoreApplication>

#include <libvirt/virterror.h>

namespace twinhull {

namespace {

QString translate(const char* text)
{
    return QCoreApplication::translate("VmHardware", text);
}

Result<DomainHandle> handleOf(virConnectPtr connection, const QString& uuid)
{
    auto domain = findDomain(connection, uuid);
    if (domain && virDomainIsPersistent(domain->get()) == 0)
        return Error{ ErrorCode::Unsupported, "it has no definition: it is gone as soon as it is shut down", 0,
            "Define it first: twinhullctl vm define FILE" };
    return domain;
}

Result<QByteArray> definitionOf(virDomainPtr domain)
{
    return domainXmlOf(domain, kDefinedWithSecrets);
}

/// Empty where it is off.
Result<QByteArray> runningXmlOf(virDomainPtr domain)
{
    const auto isActive = isDomainActive(domain);
    if (!isActive)
        return isActive.error();
    return *isActive ? domainXmlOf(domain, VIR_DOMAIN_XML_SECURE) : QByteArray();
}

Result<> describeInto(const VmToolbox& tools, const QString& uuid, HardwareDescription& into)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    auto defined = definitionOf(open->get());
    auto running = runningXmlOf(open->get());
    if (!defined || !running)
        return defined ? std::move(running).error() : std::move(defined).error();
    HardwareDescription description;
    description.definedXml = *defined;
    description.runningXml = *running;
    auto devices = hardwareOf(description.definedXml, description.runningXml);
    if (!devices)
        return std::move(devices).error();
    description.devices = std::move(*devices);
    description.earlierDefinitions = DomainHistory(tools.folders, uuid, tools.uri).count();
    into = std::move(description);
    return {};
}

/// Where libvirt only says that something cannot be.
std::string nextStepFor(const std::string& message)
{
    const auto says = [&message](const char* word) { return message.find(word) != std::string::npos; };
    if (says("TPM"))
        return "An emulated TPM needs swtpm: sudo apt install swtpm swtpm-tools";
    if (says("virtiofs"))
        return "Share the folder with driver=9p, or use qemu:///system.";
    if (says("firmware") || says("UEFI"))
        return "UEFI for guests comes with: sudo apt install ovmf";
    return "Correct the definition and try again.";
}

Error notDefined(const QByteArray& xml)
{
    Error error = refusedDefinition(xml, kDomainDefinition);
    if (!error.hint.empty())
        return error;
    const std::string hint = "Nothing was changed. " + nextStepFor(error.message);
    return std::move(error).withHint(hint);
}

Result<DomainHandle> defineChecked(virConnectPtr connection, const QByteArray& xml)
{
    DomainHandle domain(virDomainDefineXMLFlags(connection, xml.constData(), VIR_DOMAIN_DEFINE_VALIDATE));
    if (!domain)
        return notDefined(xml);
    return domain;
}

/// QEMU is told the format, because guessing it from content that a guest wrote is a hole.
QString formatOf(const QString& path)
{
    const auto file = openPath(path.toStdString(), O_RDONLY | O_NONBLOCK);
    char magic[4] = {};
    const bool isRead = file && ::pread(file->fd(), magic, sizeof magic, 0) == static_cast<ssize_t>(sizeof magic);
    return isRead && std::string_view(magic, sizeof magic) == std::string_view("QFI\xfb", 4) ? QStringLiteral("qcow2")
                                                                                             : QStringLiteral("raw");
}

/// libvirt runs virtiofsd for a person's own session from 10.0 on.
bool hasSessionVirtiofs(virConnectPtr connection)
{
    constexpr unsigned long kFirst = 10'000'000;
    unsigned long version = 0;
    return virConnectGetLibVersion(connection, &version) == 0 && version >= kFirst;
}

/// A session takes such a definition, and then starts the machine no more: "CPU tuning is not available in session
/// mode".
Result<> checkCanBeScheduled(const VmToolbox& tools, const HardwareEdit& edit)
{
    const bool isSession = tools.uri.section(u'?', 0, 0).endsWith(u"/session");
    const bool isProcessor = edit.device.isEmpty() || edit.device == u"processor"; // a balloon has a period as well
    if (!isSession || edit.verb != HardwareEdit::Verb::Set || !isProcessor)
        return {};
    for (const char* key : { "shares", "period", "quota" }) {
        if (!edit.values.value(QLatin1String(key)).isEmpty())
            return Error{ ErrorCode::Unsupported,
                std::string(key) + ": a person's own libvirt has no control groups for processors", 0,
                "Use --connect qemu:///system; pinning, IO threads and limits of disks work here too" };
    }
    return {};
}

/// What only this computer can tell of a new device.
Result<HardwareEdit> completed(const VmToolbox& tools, virConnectPtr connection, HardwareEdit edit)
{
    const bool isNew = edit.verb == HardwareEdit::Verb::Add;
    const QString source = edit.values.value(QStringLiteral("source"));
    const bool isHere = tools.place == HypervisorPlace::Here;
    const bool hasPath = edit.device == u"disk" || edit.device == u"shared-folder" || source.startsWith(u'/');
    if (isNew && source.isEmpty() && (edit.device == u"disk" || edit.device == u"shared-folder"))
        return Error{ ErrorCode::InvalidArgument, "a " + edit.device.toStdString() + " needs a source", 0,
            edit.device == u"disk" ? "Give source=PATH, or size=10G for a new one." : "Give source=PATH." };
    if (isHere && hasPath && !source.isEmpty() && !exists(source.toStdString()))
        return Error{ ErrorCode::NotFound, "there is no " + source.toStdString(), 0, {} };
    const QString format = QStringLiteral("format");
    if (isNew && isHere && edit.device == u"disk" && !edit.values.contains(format))
        edit.values[format] = formatOf(source);
    const QString driver = QStringLiteral("driver");
    const bool isSession = tools.uri.section(u'?', 0, 0).endsWith(u"/session");
    if (isNew && edit.device == u"shared-folder" && !edit.values.contains(driver) && isSession
        && !hasSessionVirtiofs(connection))
        edit.values[driver] = QStringLiteral("9p");
    return edit;
}

/// Why what is edited was not found.
Error notThereToEdit(const Error& error)
{
    if (error.code != ErrorCode::NotFound)
        return error;
    return Error{ ErrorCode::NotFound, "it was removed meanwhile", 0,
        "Bring it back first: twinhullctl vm bin restore NAME" };
}

/// To define one that was removed while it was edited would make it again. libvirt has no call that only replaces.
Result<DomainHandle> findEdited(virConnectPtr connection, const QString& uuid)
{
    auto domain = findDomain(connection, uuid);
    return domain ? std::move(domain) : Result<DomainHandle>(notThereToEdit(domain.error()));
}

/// Defines and keeps what was there; all or nothing.
Result<DomainHandle> replaceDefinition(const VmToolbox& tools, virConnectPtr connection, const QString& uuid,
    const QByteArray& before, const QByteArray& after)
{
    auto old = findEdited(connection, uuid);
    if (before == after || !old)
        return old;
    if (auto kept = checkKeepsSnapshots(old->get(), after); !kept)
        return std::move(kept).error();
    const DomainHistory history(tools.folders, uuid, tools.uri);
    if (auto kept = history.keep(before); !kept)
        return std::move(kept).error().withContext("keep the definition as it was");
    auto still = findEdited(connection, uuid); // others had their time to remove it
    auto domain = still ? defineChecked(connection, after) : std::move(still);
    if (!domain && !hasBrokenOff(domain.error()))
        (void)history.dropLatest(); // it is still the one in use
    return domain;
}

/// Why what runs is not changed with its definition; empty where it is, or nothing runs.
Result<QString> changeNow(virDomainPtr domain, const HardwareEdit& edit, const EditedDomain& edited)
{
    const auto isActive = isDomainActive(domain);
    auto live = !isActive ? Result<>(isActive.error()) : *isActive ? changeRunning(domain, edit, edited) : Result<>();
    if (live)
        return QString();
    if (hasBrokenOff(live.error()))
        return std::move(live).error().withContext("its definition is changed, and whether what runs is, is not known");
    return QString::fromStdString(live.error().message);
}

/// The reason with which file it is about and what helps, where it is one that may not be opened.
QString withObstacleIn(const QString& reason, virConnectPtr connection, const VmToolbox& tools, const QByteArray& xml)
{
    const Error named = withObstacle({ ErrorCode::Unknown, reason.toStdString(), 0, {} }, connection, tools, xml);
    return QString::fromStdString(named.hint.empty() ? named.message : named.message + ". " + named.hint);
}

/// The same edit with the new disk that it asks for as its source; as it is where it asks for none.
Result<HardwareEdit> withNewDisk(virConnectPtr connection, const VmToolbox& tools, const NewDiskWish& machine,
    HardwareEdit edit, std::unique_ptr<NewDisk>& disk)
{
    NewDiskWish wish = machine;
    wish.size = edit.values.take(QStringLiteral("size"));
    wish.pool = edit.values.take(QStringLiteral("pool"));
    wish.format = edit.values.value(QStringLiteral("format"));
    if (wish.size.isEmpty() && wish.pool.isEmpty())
        return edit;
    if (!edit.values.value(QStringLiteral("source")).isEmpty())
        return Error{ ErrorCode::InvalidArgument, "a disk has a source or is a new one", 0,
            "Give source=PATH, or size=10G." };
    if (wish.size.isEmpty())
        return Error{ ErrorCode::InvalidArgument, "a new disk needs a size", 0, "Give one: size=10G." };
    auto made = NewDisk::make(connection, tools, wish);
    if (!made)
        return std::move(made).error();
    disk = *std::move(made);
    edit.values[QStringLiteral("source")] = disk->path();
    edit.values[QStringLiteral("format")] = disk->format();
    return edit;
}

Result<> editDefined(const VmToolbox& tools, virConnectPtr connection, const QString& uuid, const QByteArray& before,
    const HardwareEdit& asked, HardwareOutcome& into)
{
    if (auto can = checkCanBeScheduled(tools, asked); !can)
        return can;
    const auto edit = completed(tools, connection, asked);
    if (!edit)
        return edit.error();
    auto edited = editedDomain(before, *edit);
    if (!edited)
        return std::move(edited).error();
    auto defined = replaceDefinition(tools, connection, uuid, before, edited->xml);
    if (!defined)
        return std::move(defined).error();
    into.device = edited->device;
    auto live = changeNow(defined->get(), *edit, *edited);
    if (live)
        into.pendingReason = withObstacleIn(*live, connection, tools, edited->xml);
    if (auto now = definitionOf(defined->get()))
        into.definedXml = *now;
    tools.link->refresh(uuid);
    return live ? Result<>() : Result<>(std::move(live).error());
}

Result<> editInto(const VmToolbox& tools, const WorkloadInfo& machine, const HardwareEdit& asked, JobContext& context,
    HardwareOutcome& into)
{
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    const QString& uuid = machine.id.key;
    auto domain = handleOf(connection->get(), uuid);
    auto before = domain ? definitionOf(domain->get()) : Result<QByteArray>(domain.error());
    if (!before)
        return std::move(before).error();
    if (asked.verb != HardwareEdit::Verb::Add || asked.device != u"disk")
        return editDefined(tools, connection->get(), uuid, *before, asked, into);
    if (asked.values.contains(QStringLiteral("size")))
        context.setStep(translate("Making the disk"));
    std::unique_ptr<NewDisk> disk;
    const auto edit = withNewDisk(connection->get(), tools, { uuid, machine.name, *before, {}, {}, {} }, asked, disk);
    if (!edit)
        return edit.error();
    if (context.isCancelled())
        return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    context.setStep(translate("Telling libvirt"));
    const auto now = definitionOf(domain->get()); // making the disk took its time, and others may have changed it
    auto done = now ? editDefined(tools, connection->get(), uuid, *now, *edit, into) : Result<>(now.error());
    if (disk && (done || hasBrokenOff(done.error()))) // then the definition may name it
        disk->keep();
    return done;
}

/// The domain that a definition names by its UUID, else by its name; null where it is a new one.
DomainHandle namedBy(virConnectPtr connection, const DomainXml& definition)
{
    const QString uuid = textAt(definition.root(), QStringLiteral("uuid"));
    const QString name = textAt(definition.root(), QStringLiteral("name"));
    return DomainHandle(uuid.isEmpty() ? virDomainLookupByName(connection, name.toUtf8().constData())
                                       : virDomainLookupByUUIDString(connection, uuid.toUtf8().constData()));
}

/// An edited definition of another UUID would be a second machine, on the disks of the first.
Result<> checkIsTheSame(const DomainXml& definition, const QByteArray& before)
{
    const auto old = DomainXml::parse(before);
    if (before.isEmpty() || !old)
        return {};
    const auto differs
        = [&](const QString& what) { return textAt(definition.root(), what) != textAt(old->root(), what); };
    const bool hasUuid = !textAt(definition.root(), QStringLiteral("uuid")).isEmpty();
    if (hasUuid ? !differs(QStringLiteral("uuid")) : !differs(QStringLiteral("name")))
        return {};
    return Error{ ErrorCode::InvalidArgument,
        "its UUID was changed, which would make a second machine that writes the same disks", 0,
        "Give it its old UUID back; another machine like it is made by: twinhullctl vm clone NAME NEW" };
}

Result<> defineInto(const VmToolbox& tools, const QByteArray& xml, const QByteArray& before, HardwareOutcome& into)
{
    const auto definition = DomainXml::parse(xml);
    if (!definition)
        return definition.error();
    if (auto same = checkIsTheSame(*definition, before); !same)
        return same;
    auto connection = tools.link->connection();
    if (!connection)
        return std::move(connection).error();
    const DomainHandle old = namedBy(connection->get(), *definition);
    if (!old && !before.isEmpty())
        return notThereToEdit(libvirtError("find the VM"));
    if (!old) {
        auto made = defineChecked(connection->get(), xml);
        if (!made)
            return std::move(made).error();
        into.device = tools.keyOf(uuidOf(made->get()));
        tools.link->refresh(into.device);
        return {};
    }
    const QString uuid = tools.keyOf(uuidOf(old.get()));
    const auto now = definitionOf(old.get());
    if (!now)
        return now.error();
    if (!before.isEmpty() && *now != before)
        return Error{ ErrorCode::Busy, "its definition was changed by somebody else meanwhile", 0,
            "Read it again, and make your change in that." };
    auto defined = replaceDefinition(tools, connection->get(), uuid, *now, xml);
    if (!defined)
        return std::move(defined).error();
    into.device = uuid;
    if (auto after = definitionOf(defined->get()))
        into.definedXml = *after;
    if (virDomainIsActive(defined->get()) == 1 && into.definedXml != *now)
        into.pendingReason = translate("a definition takes effect with the next start");
    tools.link->refresh(uuid);
    return {};
}

/// libvirt refuses a definition that has the UUID of one of another name.
Result<QByteArray> namedAs(const QByteArray& xml, virDomainPtr domain)
{
    const auto parsed = DomainXml::parse(xml);
    if (!parsed)
        return parsed.error();
    setTextAt(parsed->root(), QStringLiteral("name"), QString::fromUtf8(virDomainGetName(domain)));
    return parsed->toText();
}

Result<> takeBackInto(const VmToolbox& tools, const QString& uuid, HardwareOutcome& into)
{
    const DomainHistory history(tools.folders, uuid, tools.uri);
    const auto earlier = history.latest();
    if (!earlier)
        return earlier.error();
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    const auto definition = namedAs(*earlier, open->get());
    if (!definition)
        return definition.error();
    if (auto kept = checkKeepsSnapshots(open->get(), *definition); !kept)
        return kept;
    auto defined = defineChecked(open->connection.get(), *definition);
    if (!defined)
        return std::move(defined).error();
    if (auto now = definitionOf(defined->get()))
        into.definedXml = *now;
    if (virDomainIsActive(defined->get()) == 1)
        into.pendingReason = translate("a definition takes effect with the next start");
    tools.link->refresh(uuid);
    return history.dropLatest();
}

} // namespace

std::unique_ptr<Job> VmHardware::read(const WorkloadInfo& machine, std::shared_ptr<HardwareDescription> into)
{
    return std::make_unique<ThreadJob>(translate("Read the hardware of %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, name = machine.name.toStdString(), into](
            JobContext&) { return describeInto(tools, uuid, *into).withContext("read the hardware of " + name); });
}

std::unique_ptr<Job> VmHardware::edit(
    const WorkloadInfo& machine, const HardwareEdit& edit, std::shared_ptr<HardwareOutcome> into)
{
    return std::make_unique<ThreadJob>(
        translate("Change %1").arg(machine.name), m_calls, [tools = m_tools, machine, edit, into](JobContext& context) {
            return editInto(tools, machine, edit, context, *into).withContext("change " + machine.name.toStdString());
        });
}

std::unique_ptr<Job> VmHardware::define(
    const QByteArray& xml, const QByteArray& before, std::shared_ptr<HardwareOutcome> into)
{
    return std::make_unique<ThreadJob>(translate("Define a VM"), m_calls,
        [tools = m_tools, xml, before, into](JobContext&) { return defineInto(tools, xml, before, *into); });
}

std::unique_ptr<Job> VmHardware::takeBack(const WorkloadInfo& machine, std::shared_ptr<HardwareOutcome> into)
{
    return std::make_unique<ThreadJob>(translate("Take back the latest change of %1").arg(machine.name), m_calls,
        [tools = m_tools, uuid = machine.id.key, name = machine.name.toStdString(), into](JobContext&) {
            return takeBackInto(tools, uuid, *into).withContext("take back the latest change of " + name);
        });
}

std::vector<HardwareDevice> VmHardware::addable() const
{
    return addableHardware();
}

std::unique_ptr<Job> VmHardware::readHostDevices(std::shared_ptr<std::vector<HostDevice>> into)
{
    return connectedJob(translate("Look which devices the computer has"), m_calls, m_tools,
        [into = std::move(into)](virConnectPtr connection, const VmToolbox& tools, JobContext&) -> Result<> {
            auto devices = readHostDevicesOf(connection, tools);
            if (!devices)
                return std::move(devices).error();
            *into = *std::move(devices);
            return {};
        });
}

} // namespace twinhull
