// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/saved_file.h"

#include "core/base/files.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/domain_job.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/power/saved_disks.h"
#include "core/vms/snapshots/snapshot_record.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString savedTr(const char* text)
{
    return QCoreApplication::translate("VmPower", text);
}

Result<> checkIsOurFile(const VmToolbox& tools, const QString& path)
{
    if (tools.place == HypervisorPlace::Elsewhere)
        return Error{ ErrorCode::Unsupported, "the file would be on that computer, which alone can write it", 0,
            "Save it without a file (twinhullctl vm save NAME): that host keeps it and goes on from it" };
    if (!path.startsWith(u'/'))
        return Error{ ErrorCode::InvalidArgument, path.toStdString() + " is no whole path", 0, {} };
    return {};
}

struct SavedMachine {
    QByteArray xml;
    QString uuid;
    QString name;
};

Result<SavedMachine> readSaved(virConnectPtr connection, const QString& path)
{
    const auto xml
        = xmlFrom(virDomainSaveImageGetXMLDesc(connection, path.toUtf8().constData(), VIR_DOMAIN_SAVE_IMAGE_XML_SECURE),
            "read " + path.toStdString());
    if (!xml)
        return hasBrokenOff(xml.error())
            ? xml.error()
            : Error(xml.error()).withHint("Choose a file that was written by: twinhullctl vm save NAME --to FILE");
    const auto parsed = DomainXml::parse(*xml);
    if (!parsed)
        return parsed.error();
    return SavedMachine{ *xml, textAt(parsed->root(), QStringLiteral("uuid")),
        textAt(parsed->root(), QStringLiteral("name")) };
}

Result<> checkDisksAreAsThen(
    virConnectPtr connection, const VmToolbox& tools, const SavedMachine& saved, const QString& path)
{
    const auto disks = savedDisksOf(connection, saved.xml);
    return disks ? checkSavedDisks(tools.folders, path, *disks) : Result<>(disks.error());
}

/// It is saved whatever comes of this; without it, going on from the file needs the person's word.
void noteDisksOf(virConnectPtr connection, const VmToolbox& tools, const QString& path)
{
    const auto saved = readSaved(connection, path);
    const auto disks = saved ? savedDisksOf(connection, saved->xml) : Result<std::vector<SavedDisk>>(saved.error());
    const auto noted = disks ? noteSavedDisks(tools.folders, path, *disks) : Result<>(disks.error());
    if (!noted)
        qWarning("%s", noted.error().toLine().c_str());
}

Result<DomainHandle> machineOf(virConnectPtr connection, const SavedMachine& saved)
{
    auto domain = findDomain(connection, saved.uuid);
    if (!domain && !hasBrokenOff(domain.error()))
        return Error{ ErrorCode::NotFound, "it is of the VM " + saved.name.toStdString() + ", which is not here", 0,
            "Define that again first (twinhullctl vm define FILE.xml), with the same UUID: "
                + saved.uuid.toStdString() };
    if (!domain)
        return domain;
    const auto isActive = isDomainActive(domain->get());
    if (!isActive)
        return isActive.error();
    if (*isActive)
        return Error{ ErrorCode::Busy, saved.name.toStdString() + " runs", 0, "Stop it first" };
    if (virDomainHasManagedSaveImage(domain->get(), 0) == 1)
        return Error{ ErrorCode::Busy,
            saved.name.toStdString() + " has another memory saved, with which it would start", 0,
            "Throw that away first: twinhullctl vm save --discard " + saved.name.toStdString() };
    return domain;
}

} // namespace

Result<> checkCanBeSaved(virDomainPtr domain)
{
    const auto description = describeDomain(domain);
    if (!description)
        return description.error();
    if (!description->isFromImage())
        return {};
    // the agent of ours does not find its host again, and such a VM starts anew within a second or two
    return Error{ ErrorCode::Unsupported, "a VM that was made from an image is not saved", 0,
        "Pause it, or stop it: it starts anew quickly" };
}

Result<> saveVmTo(const VmToolbox& tools, const QString& uuid, const QString& path, JobContext& context)
{
    if (auto ours = checkIsOurFile(tools, path); !ours)
        return ours;
    if (exists(path.toStdString()))
        return Error{ ErrorCode::AlreadyExists, path.toStdString() + " is there already", 0, "Choose another name" };
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    if (auto can = checkCanBeSaved(open->get()); !can)
        return can;
    context.setStep(savedTr("Writing its memory"));
    auto saved = followDomainJob(open->get(), context, [domain = open->get(), file = path.toUtf8()] {
        return virDomainSaveFlags(domain, file.constData(), nullptr, 0) == 0
            ? Result<>()
            : Result<>(libvirtError("save its memory to " + file.toStdString()));
    });
    if (saved)
        noteDisksOf(open->connection.get(), tools, path);
    tools.link->refresh(uuid);
    return saved;
}

Result<> restoreVmFrom(virConnectPtr connection, const VmToolbox& tools, const SavedMemory& memory, JobContext& context)
{
    const QString& path = memory.path;
    if (auto ours = checkIsOurFile(tools, path); !ours)
        return ours;
    if (!exists(path.toStdString()))
        return Error{ ErrorCode::NotFound, "there is no " + path.toStdString(), 0, {} };
    const auto saved = readSaved(connection, path);
    if (!saved)
        return saved.error();
    if (!memory.key.isEmpty() && tools.keyOf(saved->uuid) != memory.key)
        return Error{ ErrorCode::InvalidArgument,
            path.toStdString() + " is of another VM, " + saved->name.toStdString(), 0, "Choose a file of this one" };
    const auto domain = machineOf(connection, *saved);
    if (!domain)
        return domain.error();
    if (auto kept = checkKeepsSnapshots(domain->get(), saved->xml); !kept)
        return kept;
    if (auto fits
        = memory.disks == SavedDisks::Unchanged ? checkDisksAreAsThen(connection, tools, *saved, path) : Result<>();
        !fits)
        return fits;
    context.setStep(savedTr("Loading its memory"));
    auto restored = followRestore(domain->get(), context, [connection, file = path.toUtf8()] {
        return virDomainRestoreFlags(connection, file.constData(), nullptr, 0) == 0
            ? Result<>()
            : Result<>(libvirtError("go on from " + file.toStdString()));
    });
    tools.link->refresh(tools.keyOf(saved->uuid));
    return restored;
}

} // namespace twinhull
