// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/power/saved_file.h"

#include "core/base/files.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/domain_job.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/snapshots/snapshot_record.h"

#include <QCoreApplication>

#include <sys/stat.h>

namespace twinhull {

namespace {

constexpr std::int64_t kNanosecondsASecond = 1'000'000'000;
constexpr std::int64_t kClosingNanoseconds = 3 * kNanosecondsASecond; ///< a disk is closed a moment after the file

QString savedTr(const char* text)
{
    return QCoreApplication::translate("VmPower", text);
}

std::int64_t writtenAt(const struct stat& found)
{
    return std::int64_t{ found.st_mtim.tv_sec } * kNanosecondsASecond + found.st_mtim.tv_nsec;
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

/// A memory fits the disks as they were when it was written, and no others.
Result<> checkDisksAreAsThen(const SavedMachine& saved, const QString& path)
{
    struct stat file { };
    if (::stat(path.toUtf8().constData(), &file) != 0)
        return Error::fromErrno(errno, path.toStdString());
    const QString disk = diskWrittenSince(saved.xml, writtenAt(file) + kClosingNanoseconds);
    if (disk.isEmpty())
        return {};
    return Error{ ErrorCode::Busy, disk.toStdString() + " was written since that memory was saved", 0,
        "Going on from it would damage what is on the disk. Start it from the beginning; or, where the disk was put "
        "back as it was then, add --force" };
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

QString diskWrittenSince(const QByteArray& domainXml, std::int64_t nanosecondsSinceEpoch)
{
    const auto xml = DomainXml::parse(domainXml);
    for (xmlNodePtr disk : xml ? childElements(xml->devices()) : std::vector<xmlNodePtr>()) {
        const QString path = textAt(disk, QStringLiteral("source@file"));
        if (!isElement(disk, "disk") || path.isEmpty() || isThere(disk, QStringLiteral("readonly")))
            continue;
        struct stat found { };
        const bool isThereNow = ::stat(path.toUtf8().constData(), &found) == 0; // else libvirt says so
        if (isThereNow && writtenAt(found) > nanosecondsSinceEpoch)
            return path;
    }
    return {};
}

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
    tools.link->refresh(uuid);
    return saved;
}

Result<> restoreVmFrom(
    virConnectPtr connection, const VmToolbox& tools, const QString& path, SavedDisks disks, JobContext& context)
{
    if (auto ours = checkIsOurFile(tools, path); !ours)
        return ours;
    if (!exists(path.toStdString()))
        return Error{ ErrorCode::NotFound, "there is no " + path.toStdString(), 0, {} };
    const auto saved = readSaved(connection, path);
    if (!saved)
        return saved.error();
    const auto domain = machineOf(connection, *saved);
    if (!domain)
        return domain.error();
    if (auto kept = checkKeepsSnapshots(domain->get(), saved->xml); !kept)
        return kept;
    if (auto fits = disks == SavedDisks::Unchanged ? checkDisksAreAsThen(*saved, path) : Result<>(); !fits)
        return fits;
    context.setStep(savedTr("Loading its memory"));
    auto restored = followDomainJob(domain->get(), context, [connection, file = path.toUtf8()] {
        return virDomainRestoreFlags(connection, file.constData(), nullptr, 0) == 0
            ? Result<>()
            : Result<>(libvirtError("go on from " + file.toStdString()));
    });
    tools.link->refresh(tools.keyOf(saved->uuid));
    if (!restored && restored.error().code == ErrorCode::Cancelled)
        return Error{ ErrorCode::Cancelled, "cancelled: it is off, and the file is as it was", 0, {} };
    return restored;
}

} // namespace twinhull
