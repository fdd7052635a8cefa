// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/microvm_fallback.h"

#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/making/machine_note.h"

#include <QCoreApplication>
#include <QRegularExpression>

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

/// What it is as a microvm, to be given to libvirt again where it does not stay a q35.
Result<QByteArray> definedAs(const VmToolbox& tools, const QString& uuid)
{
    const auto open = openDomain(tools, uuid);
    return open ? domainXmlOf(open->get(), kDefinedWithSecrets) : Result<QByteArray>(open.error());
}

void keepAsQ35(const VmToolbox& tools, const DomainSnapshot& vm, const Error& cause)
{
    const QString said = QString::fromStdString(cause.message);
    const VmFolder folder(tools.folders, vm.info.id.key);
    (void)writeMachineNote(folder, { Q35Reason::Failed, said, QDateTime::currentDateTimeUtc() }); // it runs without it
    const auto connection = tools.link->connection();
    const unsigned long version = connection ? qemuVersionOf(connection->get()) : 0;
    MicrovmFailures(tools.folders, vm.description.mark->imageDigest, version).remember(said);
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

Result<> startAsQ35(const VmToolbox& tools, const DomainSnapshot& vm, const Error& cause, JobContext& context,
    const std::function<Result<>()>& start)
{
    context.setStep(
        QCoreApplication::translate("MicrovmFallback", "It does not start as a microvm: making it again as a q35"));
    const auto before = definedAs(tools, vm.info.id.key);
    if (!before)
        return before.error();
    const auto q35 = asQ35(*before);
    if (!q35)
        return q35.error();
    auto started = defineAgain(tools, *q35);
    if (!started)
        return Error(cause).withContext("made again as a q35 it was refused (" + started.error().message + ")");
    started = start();
    if (started) {
        keepAsQ35(tools, vm, cause);
    } else {
        (void)defineAgain(tools, *before); // where libvirt is gone it stays a q35, which starts as little
        if (started.error().code != ErrorCode::Cancelled)
            started = std::move(started).withContext("as a microvm (" + cause.message + "), and as a q35");
    }
    tools.link->refresh(vm.info.id.key);
    return started;
}

} // namespace twinhull
