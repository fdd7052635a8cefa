// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_creation_there.h"

#include "core/base/number_list.h"
#include "core/vms/making/firmware_choice.h"
#include "core/vms/making/volume_in_making.h"
#include "core/vms/storage/pool_kinds.h"

#include <QCoreApplication>
#include <QUuid>

#include <cmath>

namespace twinhull {

namespace {

Error onlyHere(const char* what, const char* hint)
{
    return Error{ ErrorCode::Unsupported, std::string(what) + " on this computer alone", 0, hint };
}

/// The definition of a VM whose disk and medium are volumes there; libvirt there chooses the places of its sockets.
QByteArray domainThere(const VmIngredients& in, const QString& uuid, const NewVolume& disk)
{
    const WorkloadPlan& plan = in.plan;
    DomainMark mark;
    mark.labels = plan.labels;
    mark.cpus = plan.limits.cpus;
    const int cpus = std::max(1, static_cast<int>(std::ceil(plan.limits.cpus.value_or(1.0))));
    const DomainCommon common{ uuid, plan.name, memoryBytesFor(plan), cpus,
        QString::fromStdString(formatNumberList(plan.pinnedCpus)), in.engine, plan.hasNetwork, {}, mark };
    const auto* iso = std::get_if<IsoSource>(&plan.source);
    PlainDomain domain{ common, disk.path, disk.format, iso != nullptr ? iso->path : QString(), {} };
    domain.isDiskDevice = disk.isDevice;
    domain.firmware = in.machine->firmware.value_or(MachineFirmware::Bios);
    domain.hasVirtioDevices = in.machine->hasVirtioDevices;
    domain.hasTpm = in.machine->hasTpm;
    domain.isClockLocal = in.machine->isClockLocal;
    domain.card = in.machine->card;
    domain.startsFromNetwork = iso != nullptr && iso->path.isEmpty();
    return writeDomain(domain);
}

Result<> checkHostThere(virConnectPtr connection, const VmIngredients& in)
{
    const QByteArray name = in.plan.name.toUtf8();
    if (const DomainHandle other(virDomainLookupByName(connection, name.constData())); other)
        return Error{ ErrorCode::AlreadyExists, "a VM of that name exists there", 0, "Choose another name" };
    const bool isPlain
        = !in.machine->hasTpm && in.machine->firmware.value_or(MachineFirmware::Bios) == MachineFirmware::Bios;
    if (isPlain)
        return {};
    const auto host = readHostAbilities(connection, in.engine);
    return host ? checkFirmware(*in.machine, *host) : Result<>(host.error());
}

/// A volume that is used in place.
Result<NewVolume> diskThere(virConnectPtr connection, const QString& path)
{
    const auto volume = volumeThere(connection, path);
    if (!volume)
        return volume.error();
    return NewVolume{ { volume->pool, volume->name }, volume->path, volume->format };
}

Result<> makeAndDefine(virConnectPtr connection, const VmToolbox& tools, const VmIngredients& in, JobContext& context)
{
    if (auto checked = checkHostThere(connection, in); !checked)
        return checked;
    const auto* iso = std::get_if<IsoSource>(&in.plan.source);
    if (iso != nullptr && !iso->path.isEmpty()) {
        if (auto medium = volumeThere(connection, iso->path); !medium)
            return std::move(medium).error();
    }
    VolumeInMaking making(connection, tools);
    context.setStep(QCoreApplication::translate("VmCreation", "Making the disk"));
    const auto disk
        = iso != nullptr ? making.make(*in.machine) : diskThere(connection, std::get<DiskSource>(in.plan.source).path);
    if (!disk)
        return disk.error();
    if (context.isCancelled())
        return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    context.setStep(QCoreApplication::translate("VmCreation", "Telling libvirt"));
    const QString uuid = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const DomainHandle domain(virDomainDefineXML(connection, domainThere(in, uuid, *disk).constData()));
    if (!domain)
        return libvirtError("define");
    making.keep();
    tools.link->refresh(uuid);
    return {};
}

} // namespace

Result<> canBeMadeThere(const MachineImport& machine)
{
    const auto* disk = std::get_if<DiskSource>(&machine.plan.source);
    if (machine.cloudInit)
        return onlyHere("a medium for cloud-init is made",
            "Make the VM here and migrate it, or put a ready medium into a pool there and attach it");
    if (disk != nullptr && isNamedAsAppliance(disk->path))
        return onlyHere("an appliance is unpacked", "Import it here, then migrate the VM: twinhullctl vm migrate");
    if (disk != nullptr && machine.handling != DiskHandling::InPlace)
        return onlyHere("a disk is converted and copied",
            "Upload it to a pool there (twinhullctl --connect NAME pool volume upload) and use it in place "
            "(--in-place)");
    if (!machine.plan.ports.empty())
        return onlyHere("ports of VMs are published", "Put the VM into one of that host's virtual networks");
    return {};
}

Result<MachineVolume> volumeThere(virConnectPtr connection, const QString& path)
{
    const VolumeHandle handle(virStorageVolLookupByPath(connection, path.toUtf8().constData()));
    if (!handle)
        return Error{ ErrorCode::NotFound, path.toStdString() + " is in no storage pool of that host", 0,
            "Upload it (Storage, Machines; or twinhullctl --connect NAME pool volume upload), then give the path that "
            "the volume has there" };
    auto volume = parseVolume(takeText(virStorageVolGetXMLDesc(handle.get(), 0)).toUtf8());
    if (volume && volume->kind != u"file")
        return Error{ ErrorCode::Unsupported, path.toStdString() + " is no file there", 0,
            "Choose a volume of a pool of files, and add this one in the VM's hardware" };
    return volume;
}

Result<> createVmThere(const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context)
{
    const auto connection = tools.link->connection();
    auto made = connection ? makeAndDefine(connection->get(), tools, ingredients, context)
                           : Result<>(Error(connection.error()));
    return std::move(made).withContext("create " + ingredients.plan.name.toStdString());
}

Result<QByteArray> describeVmThere(const VmToolbox& tools, const VmIngredients& in)
{
    const auto connection = tools.link->connection();
    if (!connection)
        return Error(connection.error());
    const QString uuid = QUuid::createUuid().toString(QUuid::WithoutBraces);
    if (const auto* disk = std::get_if<DiskSource>(&in.plan.source)) {
        const auto volume = diskThere(connection->get(), disk->path);
        return volume ? Result<QByteArray>(domainThere(in, uuid, *volume)) : Result<QByteArray>(volume.error());
    }
    const auto planned = planNewVolume(connection->get(), tools, *in.machine);
    return planned ? Result<QByteArray>(domainThere(in, uuid, *planned)) : Result<QByteArray>(planned.error());
}

} // namespace twinhull
