// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/microvm_fallback.h"

#include "core/base/files.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/making/machine_note.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace twinhull {

namespace {

/// Where domain_writer.cpp puts it on the root bus; empty: libvirt finds a place.
QString rootBusSlot(xmlNodePtr device)
{
    if (isElement(device, "disk")) {
        const QString target = textAt(device, QStringLiteral("target@dev"));
        return target == u"vda" ? QStringLiteral("0x02") : target == u"vdb" ? QStringLiteral("0x03") : QString();
    }
    if (isElement(device, "interface"))
        return QStringLiteral("0x04");
    if (isElement(device, "controller") && textAt(device, QStringLiteral("@type")) == u"virtio-serial")
        return QStringLiteral("0x05");
    return isElement(device, "memballoon") ? QStringLiteral("0x06") : QString();
}

void moveToPciBus(xmlNodePtr device, QStringList& takenSlots)
{
    if (textAt(device, QStringLiteral("address@type")) != u"virtio-mmio")
        return;
    if (isElement(device, "interface"))
        setTextAt(device, QStringLiteral("rom@enabled"), QStringLiteral("no"));
    setPresence(device, QStringLiteral("address"), false);
    const QString slot = rootBusSlot(device);
    if (slot.isEmpty() || takenSlots.contains(slot))
        return;
    takenSlots << slot;
    setTextAt(device, QStringLiteral("address@type"), QStringLiteral("pci"));
    setTextAt(device, QStringLiteral("address@bus"), QStringLiteral("0x00"));
    setTextAt(device, QStringLiteral("address@slot"), slot);
}

Result<> defineAgain(const VmToolbox& tools, const QByteArray& xml)
{
    const auto connection = tools.link->connection();
    if (!connection)
        return Error(connection.error());
    const DomainHandle domain(virDomainDefineXML(connection->get(), xml.constData()));
    return domain ? Result<>() : Result<>(libvirtError("define"));
}

struct DefinedMachine {
    QByteArray xml;
    bool isActive = false;
};

Result<DefinedMachine> definedNow(const VmToolbox& tools, const QString& uuid)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return Error(open.error());
    auto xml = domainXmlOf(open->get(), kDefinedWithSecrets);
    if (!xml)
        return std::move(xml).error();
    const auto isActive = isDomainActive(open->get());
    return isActive ? Result<DefinedMachine>({ *std::move(xml), *isActive }) : Result<DefinedMachine>(isActive.error());
}

bool isMicrovm(const QByteArray& xml)
{
    const auto domain = DomainXml::parse(xml);
    return domain && textAt(domain->root(), QStringLiteral("os/type@machine")) == u"microvm";
}

/// One start at a time makes a VM another machine.
Result<UniqueFd> claimMachine(const VmFolder& folder)
{
    const std::string path = (folder.path() + QStringLiteral("/machine.lock")).toStdString();
    auto fd = openPath(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!fd || ::flock(fd->fd(), LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (errno == EWOULDBLOCK)
        return Error{ ErrorCode::Busy, "another start makes it again as a q35", errno, "Wait for it" };
    return Error::fromErrno(errno, "lock " + path);
}

void keepAsQ35(const VmToolbox& tools, const DomainSnapshot& vm, const MachineFailure& failure)
{
    const QString said = QString::fromStdString(failure.cause.message);
    const VmFolder folder(tools.folders, vm.info.id.key);
    (void)writeMachineNote(folder, { Q35Reason::Failed, said, QDateTime::currentDateTimeUtc() }); // it runs without it
    if (!failure.isRefusal)
        return; // a slow computer is no image's failure
    const auto connection = tools.link->connection();
    const unsigned long version = connection ? qemuVersionOf(connection->get()) : 0;
    const QString kernel = vm.description.kernelPath.section(u'/', -2, -2); // kernels/VERSION/vmlinux
    MicrovmFailures(tools.folders, vm.description.mark->imageDigest, version, kernel).remember(said);
}

/// Of a q35 that libvirt did not take.
Result<> refusedAsQ35(const VmFolder& folder, const Error& cause, Error refused)
{
    if (hasBrokenOff(refused))
        return std::move(refused).withContext(
            "as a microvm (" + cause.message + "), and whether it is a q35 now is not known");
    removeMachineNote(folder);
    return Error(cause).withContext("made again as a q35 it was refused (" + refused.message + ")");
}

/// Gives libvirt the microvm again, unless another has changed, started or deleted the VM meanwhile.
Result<> failedAsQ35(const VmToolbox& tools, const DomainSnapshot& vm, const QByteArray& microvm,
    const Result<DefinedMachine>& asMade, const Error& cause, Error failed)
{
    const auto now = definedNow(tools, vm.info.id.key);
    const bool isOurs = now && asMade && !now->isActive && now->xml == asMade->xml;
    const auto restored = isOurs ? defineAgain(tools, microvm) : Result<>();
    if (isOurs && restored)
        removeMachineNote(VmFolder(tools.folders, vm.info.id.key));
    if (failed.code == ErrorCode::Cancelled)
        return failed;
    const bool isUnknown
        = hasBrokenOff(failed) || (!now && hasBrokenOff(now.error())) || (!restored && hasBrokenOff(restored.error()));
    return std::move(failed).withContext("as a microvm (" + cause.message + "), and as a q35"
        + (isUnknown ? "; which of them it is now is not known" : ""));
}

} // namespace

bool isAutomaticMicrovm(const DomainSnapshot& vm)
{
    if (!vm.description.isFromImage() || vm.description.machine != u"microvm")
        return false;
    const auto choice = machineChoiceOf(vm.description.mark->labels);
    return choice && *choice == MachineChoice::Automatic;
}

bool mayBeTheMachines(const Error& error)
{
    return error.code != ErrorCode::Cancelled && !hasBrokenOff(error) && startHint(error.message).empty();
}

Result<QByteArray> asQ35(const QByteArray& microvmXml)
{
    static const QRegularExpression kRate(QStringLiteral(" ?\\btsc_early_khz=[0-9]+"));
    const auto domain = DomainXml::parse(microvmXml);
    if (!domain)
        return domain.error();
    xmlNodePtr root = domain->root();
    setTextAt(root, QStringLiteral("os/type@machine"), QStringLiteral("q35"));
    setTextAt(root, QStringLiteral("os/cmdline"), textAt(root, QStringLiteral("os/cmdline")).remove(kRate));
    for (const char* feature : { "vmport", "smm" })
        setTextAt(root, QStringLiteral("features/%1@state").arg(QLatin1String(feature)), QStringLiteral("off"));
    QStringList takenSlots;
    for (xmlNodePtr device : childElements(domain->devices()))
        moveToPciBus(device, takenSlots);
    return domain->toText();
}

bool isMachineOff(virDomainPtr domain, OffBy by)
{
    int state = 0;
    int reason = 0;
    return virDomainGetState(domain, &state, &reason, 0) == 0 && state == VIR_DOMAIN_SHUTOFF
        && (by == OffBy::Anybody || reason != VIR_DOMAIN_SHUTOFF_DESTROYED);
}

Result<> startAsQ35(const VmToolbox& tools, const DomainSnapshot& vm, const MachineFailure& failure,
    JobContext& context, const std::function<Result<>()>& start)
{
    context.setStep(
        QCoreApplication::translate("MicrovmFallback", "It does not start as a microvm: making it again as a q35"));
    const QString key = vm.info.id.key;
    const VmFolder folder(tools.folders, key);
    const auto claim = claimMachine(folder);
    if (!claim) // without a folder of ours it stays what it is
        return claim.error().code == ErrorCode::Busy ? claim.error() : failure.shown;
    const auto before = definedNow(tools, key);
    if (!before)
        return before.error();
    if (before->isActive)
        return failure.shown; // another has started it meanwhile
    if (!isMicrovm(before->xml))
        return start(); // another has made it a q35 meanwhile
    const auto q35 = asQ35(before->xml);
    if (!q35)
        return q35.error();
    const QString said = QString::fromStdString(failure.cause.message);
    (void)writeMachineNote(folder, { Q35Reason::Failed, said, {} }); // should this program end in the middle of it
    auto started = defineAgain(tools, *q35);
    if (!started)
        return refusedAsQ35(folder, failure.cause, std::move(started).error());
    const auto asMade = definedNow(tools, key); // as libvirt writes it
    started = start();
    if (started)
        keepAsQ35(tools, vm, failure);
    else
        started = failedAsQ35(tools, vm, before->xml, asMade, failure.cause, std::move(started).error());
    tools.link->refresh(key);
    return started;
}

} // namespace twinhull
