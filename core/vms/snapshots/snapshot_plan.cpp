// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/snapshots/snapshot_plan.h"

#include "core/vms/domain/domain_xml.h"

#include <QXmlStreamWriter>

#include <algorithm>

namespace twinhull {

namespace {

constexpr qsizetype kMostNameBytes = 100;

/// libvirt keeps it in a file of that name.
Result<QString> checkedName(const SnapshotRequest& request, const std::vector<SnapshotRecord>& present)
{
    const QString name = request.name.isEmpty()
        ? QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd_HH-mm-ss"))
        : request.name;
    const bool isPlain = !name.startsWith(u'.') && !name.contains(u'/') && name.toUtf8().size() <= kMostNameBytes
        && std::all_of(name.begin(), name.end(), [](QChar letter) { return letter.isPrint(); });
    if (!isPlain)
        return Error{ ErrorCode::InvalidArgument, "a snapshot cannot have that name", 0,
            "At most 100 letters, no \"/\", and no \".\" at its beginning" };
    if (std::any_of(
            present.begin(), present.end(), [&name](const SnapshotRecord& record) { return record.name == name; }))
        return Error{ ErrorCode::AlreadyExists, "there is a snapshot " + name.toStdString(), 0, "Choose another name" };
    return name;
}

/// Why its disks cannot keep it inside; empty: they can.
std::string whyNotInside(const QByteArray& xml, const std::vector<DefinedDisk>& disks)
{
    for (const DefinedDisk& disk : disks) {
        if (disk.isWritable && disk.file.format != u"qcow2")
            return "the disk " + disk.target.toStdString() + " is "
                + (disk.file.format.isEmpty() ? std::string("raw") : disk.file.format.toStdString())
                + ": only qcow2 keeps snapshots inside";
    }
    const auto domain = DomainXml::parse(xml);
    const bool hasVariables = domain
        && (textAt(domain->root(), QStringLiteral("os/loader@type")) == u"pflash"
            || textAt(domain->root(), QStringLiteral("os@firmware")) == u"efi");
    return hasVariables ? "the variables of its UEFI firmware are in a file that keeps no snapshots inside"
                        : std::string();
}

/// Going back to a part of a machine's disks mixes two moments.
Result<> checkNoDiskIsLeftOut(const std::vector<DefinedDisk>& disks)
{
    for (const DefinedDisk& disk : disks) {
        if (disk.isOutOfReach())
            return Error{ ErrorCode::Unsupported,
                "its disk " + disk.target.toStdString() + " is " + disk.elsewhere.toStdString()
                    + ", which a snapshot would leave out",
                0,
                disk.volume.isEmpty() ? "Take a snapshot of that disk where it is kept."
                                      : "Define it with the disk's path, which this tells: twinhullctl pool "
                                        "volume list" };
    }
    return {};
}

const char* wordOf(SnapshotPlace place)
{
    return place == SnapshotPlace::Internal ? "internal" : "external";
}

Result<bool> memoryWanted(const SnapshotRequest& request, const SnapshotSubject& subject)
{
    if (request.content == SnapshotRequest::Content::DisksOnly || !subject.isRunning) {
        if (request.content == SnapshotRequest::Content::WithMemory)
            return Error{ ErrorCode::InvalidArgument, "it does not run, so there is no memory to keep", 0,
                "Leave --memory out, or start it first" };
        return false;
    }
    if (subject.isFromImage && request.content == SnapshotRequest::Content::WithMemory)
        return Error{ ErrorCode::Unsupported, "the memory of a VM that was made from an image is not kept", 0,
            "Keep its disks: --disk-only" };
    return !subject.isFromImage;
}

Result<SnapshotPlace> placeFor(const SnapshotRequest& request, const SnapshotSubject& subject, bool hasMemory,
    const std::vector<DefinedDisk>& disks)
{
    const PresentPlaces present = presentPlaces(subject.present);
    if (present.isMixed)
        return Error{ ErrorCode::Unsupported, "it has internal and external snapshots, which break one another", 0,
            "A full clone has neither: twinhullctl vm clone NAME NEW" };
    const std::string refusal = whyNotInside(subject.xml, disks);
    const bool isOnlyOutside = !refusal.empty() || (subject.isRunning && !hasMemory);
    const auto usual = isOnlyOutside ? SnapshotPlace::External : SnapshotPlace::Internal;
    const SnapshotPlace place = request.place ? *request.place : present.place.value_or(usual);
    if (place == SnapshotPlace::Internal && !refusal.empty())
        return Error{ ErrorCode::Unsupported, refusal, 0, "Take an external one: --external" };
    if (present.place && place != *present.place)
        return Error{ ErrorCode::Busy,
            std::string("its snapshots are ") + wordOf(*present.place)
                + ": going back to one of either kind would break the others",
            0, std::string("Take an ") + wordOf(*present.place) + " one, or delete these first." };
    if (place == SnapshotPlace::Internal && subject.isRunning && !hasMemory)
        return Error{ ErrorCode::Unsupported, "of a machine that runs, disks alone are only kept outside", 0,
            present.place ? "Keep its memory too, or shut it down first." : "Take an external one: --external" };
    return place;
}

} // namespace

PresentPlaces presentPlaces(const std::vector<SnapshotRecord>& records)
{
    const bool isInside
        = std::any_of(records.begin(), records.end(), [](const SnapshotRecord& one) { return one.isInternal(); });
    const bool isOutside
        = std::any_of(records.begin(), records.end(), [](const SnapshotRecord& one) { return one.isExternal(); });
    PresentPlaces present;
    present.isMixed = isInside && isOutside;
    if (isInside || isOutside)
        present.place = isInside ? SnapshotPlace::Internal : SnapshotPlace::External;
    return present;
}

Result<SnapshotPlan> planSnapshot(const SnapshotRequest& request, const SnapshotSubject& subject)
{
    auto name = checkedName(request, subject.present);
    if (!name)
        return std::move(name).error();
    auto disks = definedDisksOf(subject.xml);
    if (!disks)
        return std::move(disks).error();
    if (auto reached = checkNoDiskIsLeftOut(*disks); !reached)
        return std::move(reached).error();
    const bool hasDisk = std::any_of(disks->begin(), disks->end(),
        [](const DefinedDisk& disk) { return disk.isWritable && !disk.file.path.isEmpty(); });
    if (!hasDisk)
        return Error{ ErrorCode::Unsupported, "it has no disk in a file, so there is nothing to keep", 0, {} };
    const auto hasMemory = memoryWanted(request, subject);
    if (!hasMemory)
        return hasMemory.error();
    const auto place = placeFor(request, subject, *hasMemory, *disks);
    if (!place)
        return place.error();
    return SnapshotPlan{ *std::move(name), request.description, *place, *hasMemory, *std::move(disks), {}, {} };
}

QByteArray snapshotXml(const SnapshotPlan& plan)
{
    QByteArray text;
    QXmlStreamWriter xml(&text);
    xml.writeStartElement(QStringLiteral("domainsnapshot"));
    xml.writeTextElement(QStringLiteral("name"), plan.name);
    if (!plan.description.isEmpty())
        xml.writeTextElement(QStringLiteral("description"), plan.description);
    const QString place = QLatin1String(wordOf(plan.place));
    xml.writeStartElement(QStringLiteral("memory"));
    xml.writeAttribute(QStringLiteral("snapshot"), plan.hasMemory ? place : QStringLiteral("no"));
    if (!plan.memoryFile.isEmpty())
        xml.writeAttribute(QStringLiteral("file"), plan.memoryFile);
    xml.writeEndElement();
    xml.writeStartElement(QStringLiteral("disks"));
    for (const DefinedDisk& disk : plan.disks) {
        const bool isKept = disk.isWritable && !disk.file.path.isEmpty();
        xml.writeStartElement(QStringLiteral("disk"));
        xml.writeAttribute(QStringLiteral("name"), disk.target);
        xml.writeAttribute(QStringLiteral("snapshot"), isKept ? place : QStringLiteral("no"));
        if (isKept && plan.layers.contains(disk.target)) {
            xml.writeEmptyElement(QStringLiteral("driver"));
            xml.writeAttribute(QStringLiteral("type"), QStringLiteral("qcow2"));
            xml.writeEmptyElement(QStringLiteral("source"));
            xml.writeAttribute(QStringLiteral("file"), plan.layers.value(disk.target));
        }
        xml.writeEndElement();
    }
    xml.writeEndElement();
    xml.writeEndElement();
    return text;
}

} // namespace twinhull
