// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_clone.h"

#include "core/base/files.h"
#include "core/vms/disks/disk_chain.h"
#include "core/vms/disks/disk_conversion.h"
#include "core/vms/disks/disk_tools.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/snapshots/external_snapshots.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/disks/overlay_disk.h"
#include "core/vms/disks/vm_folder.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/snapshots/vm_snapshots.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QUuid>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::chrono::hours kCloneDeadline{ 24 };
constexpr int kWholeDisk = 10'000;

QString cloneText(const char* text)
{
    return QCoreApplication::translate("VmClone", text);
}

class VmClone {
public:
    VmClone(const VmToolbox& tools, virConnectPtr connection, virDomainPtr source, const CloneRequest& request,
        JobContext& context)
        : m_tools(tools)
        , m_connection(connection)
        , m_source(source)
        , m_request(request)
        , m_context(context)
        , m_oldUuid(uuidOf(source))
        , m_uuid(QUuid::createUuid().toString(QUuid::WithoutBraces))
        , m_old(tools.folders, tools.keyOf(m_oldUuid))
        , m_new(tools.folders, tools.keyOf(m_uuid))
    {
    }
    VmClone(const VmClone&) = delete;
    VmClone& operator=(const VmClone&) = delete;
    ~VmClone()
    {
        if (!m_isDefined)
            (void)removeTree(m_new.path().toStdString()); // nothing more can be done about it
    }

    Result<> run()
    {
        auto defined = domainXmlOf(m_source, kDefinedWithSecrets);
        if (!defined)
            return std::move(defined).error();
        m_xml = *std::move(defined);
        if (auto checked = check(); !checked)
            return checked;
        const auto claim = beginVmFolder(m_new, m_tools.uri);
        if (!claim)
            return claim.error();
        QMap<QString, DiskSourceFile> files;
        if (auto made = makeDisks(files); !made)
            return made;
        if (auto copied = copyNvram(); !copied)
            return copied;
        auto xml = cloneDefinition(m_xml, m_request.name, m_oldUuid, m_uuid);
        auto whole = xml ? withDiskFiles(*xml, files) : std::move(xml);
        if (!whole)
            return std::move(whole).error();
        if (auto ended = endVmFolder(m_new); !ended)
            return ended;
        const DomainHandle made(virDomainDefineXML(m_connection, whole->constData()));
        if (!made) {
            auto error = libvirtError("define");
            m_isDefined = hasBrokenOff(error); // it may be: the sweep removes the folder where it is not
            return error;
        }
        m_isDefined = true;
        m_tools.link->refresh(m_uuid);
        return {};
    }

private:
    bool isLinked() const { return m_request.disks == CloneRequest::Disks::Linked; }

    Result<> check() const
    {
        if (m_tools.place == HypervisorPlace::Elsewhere)
            return Error{ ErrorCode::Unsupported, "its disks are on another computer", 0, {} };
        const auto description = parseDomain(m_xml);
        if (!description)
            return description.error();
        if (description->isFromImage())
            return Error{ ErrorCode::Unsupported, "a VM that was made from an image is not cloned", 0,
                "Make another from the image: twinhullctl create --kind vm --name NEW IMAGE" };
        if (const DomainHandle other(virDomainLookupByName(m_connection, m_request.name.toUtf8().constData())); other)
            return Error{ ErrorCode::AlreadyExists, "a VM of that name exists", 0, "Choose another name" };
        const auto isActive = isDomainActive(m_source);
        if (!isActive)
            return isActive.error();
        if (!isLinked() && *isActive)
            return Error{ ErrorCode::Busy, "it runs, so its disks are not at rest", 0,
                "Shut it down first, or make a linked clone: --linked" };
        return {};
    }

    Result<> makeDisks(QMap<QString, DiskSourceFile>& files)
    {
        auto disks = definedDisksOn(m_connection, m_xml);
        if (!disks)
            return std::move(disks).error();
        if (auto reached = checkAllAreReached(*disks); !reached)
            return reached;
        if (isLinked()) {
            if (auto frozen = freezeDisks(*disks); !frozen)
                return frozen;
        }
        for (const DefinedDisk& disk : *disks) {
            if (disk.file.path.isEmpty())
                continue;
            if (auto made = makeDisk(disk, files); !made)
                return made;
        }
        return {};
    }

    /// What is not copied, both would write.
    static Result<> checkAllAreReached(const std::vector<DefinedDisk>& disks)
    {
        for (const DefinedDisk& disk : disks) {
            if (disk.isOutOfReach())
                return Error{ ErrorCode::Unsupported,
                    "its disk " + disk.target.toStdString() + " is " + disk.elsewhere.toStdString()
                        + ", which cannot be copied here, and two machines must not write one disk",
                    0,
                    "Start the pool it is in, or copy the disk where it is and define a machine on the copy: "
                    "twinhullctl "
                    "vm define" };
        }
        return {};
    }

    /// The first goes on in layers of its own; what is below belongs to both, and its snapshot says so.
    Result<> freezeDisks(std::vector<DefinedDisk>& disks) const
    {
        SnapshotRequest request;
        request.name = QStringLiteral("base of %1").arg(QString(m_request.name).replace(u'/', u'_'));
        request.description = cloneText("What the linked clone %1 stands on").arg(m_request.name);
        request.content = SnapshotRequest::Content::DisksOnly;
        request.place = SnapshotPlace::External;
        QString name;
        if (auto taken = createSnapshot(m_tools, m_oldUuid, request, name, m_context); !taken)
            return taken;
        const auto records = snapshotRecordsOf(m_source);
        if (!records)
            return records.error();
        for (const SnapshotRecord& record : *records) {
            for (const auto& kept : record.disks) {
                const auto found = std::find_if(disks.begin(), disks.end(),
                    [&kept](const DefinedDisk& disk) { return disk.target == kept.target; });
                if (record.name == name && found != disks.end())
                    found->file = kept.file;
            }
        }
        return {};
    }

    Result<> makeDisk(const DefinedDisk& disk, QMap<QString, DiskSourceFile>& files)
    {
        const QFileInfo source(disk.file.path);
        const bool isOurs = source.absoluteFilePath().startsWith(m_old.path() + u'/');
        if (!disk.isWritable && isOurs) // by its name: the definition's paths become the new folder's
            return copySparse(
                disk.file.path.toStdString(), m_new.path().toStdString() + '/' + source.fileName().toStdString());
        if (!disk.isWritable)
            return {};
        const QString path = QStringLiteral("%1/%2.qcow2").arg(m_new.path(), disk.target);
        files.insert(disk.target, { path, QStringLiteral("qcow2") });
        return isLinked() ? makeOverlay(path, disk.file) : copyDisk(disk, path);
    }

    Result<> copyDisk(const DefinedDisk& disk, const QString& path) const
    {
        if (auto layers = layersOf(disk.file.path, disk.file.format); !layers)
            return std::move(layers).error();
        m_context.setStep(cloneText("Copying the disk %1").arg(disk.target));
        const std::string format = disk.file.format.isEmpty() ? "raw" : disk.file.format.toStdString();
        auto convert = qemuImg(
            { "convert", "-p", "-f", format, "-O", "qcow2", "--", disk.file.path.toStdString(), path.toStdString() });
        if (!convert)
            return std::move(convert).error();
        CommandRun run{ kCloneDeadline };
        run.isCancelled = [this] { return m_context.isCancelled(); };
        run.output = [this](std::string_view written) -> Result<> {
            if (const int done = conversionProgress(written); done >= 0)
                m_context.setProgress(done, kWholeDisk);
            return {};
        };
        auto copied = outputOf(*convert, run);
        return copied ? Result<>()
                      : std::move(copied).error().withContext("copy the disk " + disk.target.toStdString());
    }

    /// What the firmware keeps is a file of each VM's own.
    Result<> copyNvram()
    {
        const auto domain = DomainXml::parse(m_xml);
        if (!domain)
            return domain.error();
        const QString path = textAt(domain->root(), QStringLiteral("os/nvram"));
        if (path.isEmpty())
            return {};
        const QString own = m_new.nvramPath();
        if (exists(path.toStdString())) { // else libvirt makes one at the first start
            if (auto copied = copySparse(path.toStdString(), own.toStdString()); !copied)
                return copied;
        }
        setTextAt(domain->root(), QStringLiteral("os/nvram"), own);
        m_xml = domain->toText();
        return {};
    }

    const VmToolbox& m_tools;
    virConnectPtr m_connection;
    virDomainPtr m_source;
    const CloneRequest& m_request;
    JobContext& m_context;
    QString m_oldUuid;
    QString m_uuid;
    VmFolder m_old;
    VmFolder m_new;
    QByteArray m_xml;
    bool m_isDefined = false;
};

} // namespace

Result<QByteArray> cloneDefinition(
    const QByteArray& domainXml, const QString& name, const QString& oldUuid, const QString& newUuid)
{
    QByteArray text = domainXml;
    text.replace(oldUuid.toUtf8(), newUuid.toUtf8());
    text.replace('/' + oldUuid.left(8).toUtf8() + '.', '/' + newUuid.left(8).toUtf8() + '.'); // short sockets
    const auto domain = DomainXml::parse(text);
    if (!domain)
        return domain.error();
    setTextAt(domain->root(), QStringLiteral("name"), name);
    setTextAt(domain->root(), QStringLiteral("uuid"), newUuid);
    setPresence(domain->root(), QStringLiteral("genid"), false);
    for (xmlNodePtr device : childElements(domain->devices())) {
        if (isElement(device, "interface"))
            setPresence(device, QStringLiteral("mac"), false);
    }
    return domain->toText();
}

Result<> cloneVm(const VmToolbox& tools, const QString& uuid, const CloneRequest& request, JobContext& context)
{
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    return VmClone(tools, open->connection.get(), open->get(), request, context).run();
}

Result<> checkNobodyStandsOn(const VmToolbox& tools, virConnectPtr connection, virDomainPtr domain)
{
    const auto records = snapshotRecordsOf(domain);
    if (!records && hasBrokenOff(records.error())) // else a driver without snapshots
        return records.error();
    const bool hasLayers = records
        && std::any_of(records->begin(), records->end(), [](const SnapshotRecord& one) { return one.isExternal(); });
    if (!hasLayers)
        return {};
    const auto forest = DiskForest::read(tools, connection);
    if (!forest)
        return forest.error();
    if (!forest->problems().isEmpty())
        return Error{ ErrorCode::Unavailable,
            "whether other VMs stand on its disks is not known: " + forest->problems().first().toStdString(), 0, {} };
    const QString own = QString::fromUtf8(virDomainGetName(domain));
    for (const SnapshotRecord& record : *records) {
        for (const auto& disk : record.disks) {
            QStringList users = forest->usersOf(disk.file.path);
            users.removeAll(own);
            if (!users.isEmpty())
                return Error{ ErrorCode::Busy,
                    "linked clones stand on its disks: " + users.join(QStringLiteral(", ")).toStdString(), 0,
                    "Remove these first, or make full clones of them." };
        }
    }
    return {};
}

} // namespace twinhull
