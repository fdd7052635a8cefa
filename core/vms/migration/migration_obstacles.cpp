// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/migration/migration_obstacles.h"

#include "core/vms/domain/domain_description.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/migration/destination_fit.h"
#include "core/vms/snapshots/snapshot_record.h"

#include <QCoreApplication>
#include <QStorageInfo>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

QString obstacleText(const char* text)
{
    return QCoreApplication::translate("MigrationObstacles", text);
}

QString destinationName(const VmToolbox& tools)
{
    return tools.connection.isEmpty() ? obstacleText(QT_TRANSLATE_NOOP("MigrationObstacles", "the home connection"))
                                      : tools.connection;
}

/// File systems that other computers see, too, as libvirt counts them (virFileIsSharedFS).
bool isOnSharedStorage(const QString& path)
{
    static constexpr std::array kShared{ "nfs", "nfs4", "gfs2", "ocfs2", "smb3", "cifs", "ceph", "fuse.glusterfs",
        "beegfs", "gpfs" };
    const QByteArray type = QStorageInfo(path).fileSystemType();
    return std::any_of(kShared.begin(), kShared.end(), [&type](const char* each) { return type == each; });
}

QString hostUuid(const QByteArray& capabilities)
{
    const auto parsed = DomainXml::parse(capabilities, "capabilities");
    return parsed ? textAt(parsed->root(), QStringLiteral("host/uuid")) : QString();
}

/// Looks at one domain. What nobody can tell beforehand is libvirt's to refuse.
class ObstacleSearch {
public:
    ObstacleSearch(const MigrationSides& sides, const MigrationRequest& request, DomainXml xml)
        : m_sides(sides)
        , m_request(request)
        , m_xml(std::move(xml))
        , m_isLive(isLiveMigration(sides, request))
        , m_isCopied(request.disks == MigrationRequest::Disks::Copied)
        , m_to(destinationName(sides.to))
        , m_name(QString::fromUtf8(virDomainGetName(sides.domain)))
    {
    }

    std::vector<MigrationObstacle> search(const QByteArray& text)
    {
        lookAtHosts();
        lookAtState();
        lookAtMaker(text);
        lookAtFit(text);
        lookAtDevices();
        lookAtDisks(text);
        if (m_isLive)
            lookAtProcessor();
        return std::move(m_found);
    }

private:
    void add(const QString& sentence, const QString& nextStep) { m_found.push_back({ sentence, nextStep }); }

    void lookAtHosts()
    {
        const auto type = [](virConnectPtr link) { return QString::fromUtf8(virConnectGetType(link)); };
        const QString here = type(m_sides.source);
        const QString there = type(m_sides.destination);
        if (here != there)
            return add(obstacleText("%1 has another hypervisor (%2) than where it is (%3).").arg(m_to, there, here),
                obstacleText("Download its disks and import them there: twinhullctl vm import."));
        const DomainHandle byUuid = findAtDestination(uuidOf(m_sides.domain));
        const DomainHandle byName(virDomainLookupByName(m_sides.destination, m_name.toUtf8().constData()));
        if (byUuid)
            add(obstacleText("It is at %1 already, by its UUID.").arg(m_to),
                obstacleText("Delete one of the two: they would write to the same disks."));
        else if (byName)
            add(obstacleText("Another machine of %1 is named %2.").arg(m_to, m_name),
                obstacleText("Rename one of the two."));
        if (!m_isLive || byUuid)
            return;
        const QString uuid = hostUuid(takeText(virConnectGetCapabilities(m_sides.source)).toUtf8());
        if (!uuid.isEmpty() && uuid == hostUuid(takeText(virConnectGetCapabilities(m_sides.destination)).toUtf8()))
            add(obstacleText("Both connections lead to the same computer, and libvirt moves what runs to others only."),
                obstacleText("Shut it down first, then migrate it."));
    }

    DomainHandle findAtDestination(const QString& uuid) const
    {
        return DomainHandle(virDomainLookupByUUIDString(m_sides.destination, uuid.toLatin1().constData()));
    }

    void lookAtState()
    {
        const bool isActive = virDomainIsActive(m_sides.domain) == 1;
        if (isActive && !m_isLive)
            add(obstacleText("It runs."), obstacleText("Shut it down first, or migrate it live."));
        if (!isActive && m_isLive)
            add(obstacleText("It does not run, so there is no memory to move."), obstacleText("Migrate it offline."));
        if (virDomainIsPersistent(m_sides.domain) == 0 && !m_isLive)
            add(obstacleText("It has no definition."), obstacleText("Start it, then migrate it live."));
        if (!isActive && virDomainHasManagedSaveImage(m_sides.domain, 0) == 1)
            add(obstacleText("Its memory was saved to a file that would stay behind."),
                obstacleText("Start it and migrate it live, or throw the saved memory away: twinhullctl vm save %1 "
                             "--discard")
                    .arg(m_name));
        const int snapshots = virDomainSnapshotNum(m_sides.domain, 0);
        if (snapshots > 0)
            add(obstacleText("It has snapshots (%1), which libvirt cannot move.").arg(snapshots),
                obstacleText("Delete them, or clone the machine and migrate the clone: twinhullctl vm clone."));
    }

    void lookAtMaker(const QByteArray& text)
    {
        const auto description = parseDomain(text);
        if (description && description->isFromImage())
            add(obstacleText("It was made from an image, which is in the store of this computer."),
                obstacleText("Pull the image where it shall run, and make it there."));
    }

    /// Of another hypervisor it would be said twice.
    void lookAtFit(const QByteArray& text)
    {
        const auto description = parseDomain(text);
        const auto type = [](virConnectPtr link) { return QByteArray(virConnectGetType(link)); };
        if (!description || type(m_sides.source) != type(m_sides.destination))
            return;
        const std::uint64_t current = description->currentMemoryBytes;
        const MigrationNeeds needs{ m_name, description->type, textAt(m_xml.root(), QStringLiteral("os/type@arch")),
            description->machine, current > 0 ? current : description->memoryBytes, m_isLive,
            textAt(m_xml.root(), QStringLiteral("os/type")) };
        const auto found
            = fitObstacles(needs, readMigrationHost(m_sides.source), readMigrationHost(m_sides.destination), m_to);
        m_found.insert(m_found.end(), found.begin(), found.end());
    }

    void lookAtDevices()
    {
        for (xmlNodePtr device : childElements(m_xml.devices())) {
            const QString type = textAt(device, QStringLiteral("@type"));
            if (isElement(device, "hostdev") || (isElement(device, "interface") && type == u"hostdev"))
                add(obstacleText("It has a device of the computer that it runs on."),
                    obstacleText("Take it from it first: twinhullctl vm detach %1 DEVICE").arg(m_name));
            if (isElement(device, "filesystem") && (m_isLive || !m_sides.isOneComputer()))
                add(obstacleText("It shares a folder of the computer that it runs on."),
                    obstacleText("Take it from it first: twinhullctl vm detach %1 DEVICE").arg(m_name));
            if (isElement(device, "tpm"))
                lookAtTpm(device);
            if (isElement(device, "interface") && type == u"network")
                lookAtNetwork(textAt(device, QStringLiteral("source@network")));
        }
        if (!m_isLive && !m_sides.isOneComputer() && isThere(m_xml.root(), QStringLiteral("os/nvram")))
            add(obstacleText("What its firmware keeps is a file of the computer that it is on."),
                obstacleText("Start it and migrate it live: then that moves with it."));
    }

    void lookAtTpm(xmlNodePtr tpm)
    {
        const QString kind = textAt(tpm, QStringLiteral("backend@type"));
        if (kind == u"passthrough")
            add(obstacleText("It uses the TPM of the computer that it runs on."),
                obstacleText("Take it from it first: twinhullctl vm detach %1 DEVICE").arg(m_name));
        else if (kind == u"emulator" && !m_isLive)
            add(obstacleText("The secrets of its TPM would stay behind."),
                obstacleText("Start it and migrate it live: then they move with it."));
    }

    void lookAtNetwork(const QString& network)
    {
        const NetworkHandle there(virNetworkLookupByName(m_sides.destination, network.toUtf8().constData()));
        if (!there && virGetLastErrorCode() == VIR_ERR_NO_NETWORK)
            add(obstacleText("%1 has no network %2.").arg(m_to, network),
                obstacleText("Make it there: twinhullctl --connect %1 vm network create").arg(m_to));
    }

    void lookAtDisks(const QByteArray& text)
    {
        const auto disks = definedDisksOf(text);
        if (!disks)
            return;
        const auto isFile = [](const DefinedDisk& disk) { return !disk.file.path.isEmpty(); };
        const bool hasWritable = std::any_of(
            disks->begin(), disks->end(), [&](const DefinedDisk& disk) { return isFile(disk) && disk.isWritable; });
        if (hasWritable && !m_isCopied && m_request.source == MigrationRequest::Source::Kept)
            add(obstacleText("Two machines would have the same disks."),
                obstacleText("Copy the disks (--copy-storage), or do not keep it here."));
        if (m_isCopied) {
            if (const auto pool = poolForCopies(m_sides.destination, m_request.pool); !pool)
                add(QString::fromStdString(pool.error().message), QString::fromStdString(pool.error().hint));
            if (!m_isLive && hasWritable && m_sides.from.place == HypervisorPlace::Elsewhere)
                add(obstacleText("Its disks are on another computer, and it is off."),
                    obstacleText("Start it and migrate it live: then its disks move with it."));
        }
        if (m_sides.isOneComputer())
            return;
        for (const DefinedDisk& disk : *disks) {
            const bool isLocal
                = isFile(disk) && m_sides.from.place == HypervisorPlace::Here && !isOnSharedStorage(disk.file.path);
            if (isLocal && !disk.isWritable)
                add(obstacleText("The medium in %1 is a file of this computer: %2.").arg(disk.target, disk.file.path),
                    obstacleText("Take it out first: twinhullctl vm set %1 --device %2 source=")
                        .arg(m_name, disk.target));
            else if (isLocal && !m_isCopied)
                add(obstacleText("The disk %1 is a file that only this computer sees: %2.")
                        .arg(disk.target, disk.file.path),
                    obstacleText("Copy it as well (--copy-storage), or put it on storage that both see."));
        }
    }

    void lookAtProcessor()
    {
        xmlNodePtr processor = childNamed(m_xml.root(), "cpu");
        const QString mode = textAt(m_xml.root(), QStringLiteral("cpu@mode"));
        if (processor == nullptr)
            return;
        int answer = -1;
        if (mode == u"host-passthrough") {
            const auto host
                = DomainXml::parse(takeText(virConnectGetCapabilities(m_sides.source)).toUtf8(), "capabilities");
            xmlNodePtr model = host ? childNamed(childNamed(host->root(), "host"), "cpu") : nullptr;
            if (model == nullptr)
                return;
            answer = virConnectCompareCPU(
                m_sides.destination, elementText(model).constData(), VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE);
        } else {
            const auto word = [this](const char* path) { return textAt(m_xml.root(), QLatin1String(path)).toUtf8(); };
            answer = virConnectCompareHypervisorCPU(m_sides.destination, nullptr, word("os/type@arch").constData(),
                word("os/type@machine").constData(), word("@type").constData(), elementText(processor).constData(),
                VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE);
        }
        const bool isRefused = answer < 0 && virGetLastErrorCode() == VIR_ERR_CPU_INCOMPATIBLE;
        if (!isRefused && answer != VIR_CPU_COMPARE_INCOMPATIBLE)
            return; // not all drivers can tell; then libvirt does while it migrates
        const QString why = isRefused ? QString::fromStdString(libvirtError("processor").message) : QString();
        add(obstacleText("The processor of %1 lacks what the guest was promised. %2").arg(m_to, why).trimmed(),
            obstacleText("Shut it down, choose a model that both have (twinhullctl vm set %1 --device processor), and "
                         "start it again.")
                .arg(m_name));
    }

    const MigrationSides& m_sides;
    const MigrationRequest& m_request;
    DomainXml m_xml;
    bool m_isLive;
    bool m_isCopied;
    QString m_to;
    QString m_name;
    std::vector<MigrationObstacle> m_found;
};

QStringList runningPools(virConnectPtr connection)
{
    virStoragePoolPtr* listed = nullptr;
    const int count = virConnectListAllStoragePools(connection, &listed, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE);
    QStringList names;
    if (count < 0)
        return names;
    const std::vector<PoolHandle> pools(listed, listed + count);
    ::free(listed);
    for (const PoolHandle& pool : pools)
        names << QString::fromUtf8(virStoragePoolGetName(pool.get()));
    return names;
}

} // namespace

bool isLiveMigration(const MigrationSides& sides, const MigrationRequest& request)
{
    if (request.mode == MigrationRequest::Mode::Fitting)
        return virDomainIsActive(sides.domain) == 1;
    return request.mode == MigrationRequest::Mode::Live;
}

Result<QString> poolForCopies(virConnectPtr destination, const QString& asked)
{
    const QStringList names = runningPools(destination);
    const QString wanted = asked.isEmpty() ? QStringLiteral("default") : asked;
    if (names.contains(wanted))
        return wanted;
    if (asked.isEmpty() && names.size() == 1)
        return names.front();
    const std::string found = names.isEmpty() ? "It has none that runs." : "It has: " + names.join(u',').toStdString();
    return Error{ ErrorCode::NotFound,
        "the destination has no storage pool " + wanted.toStdString() + " for the copies of the disks", 0,
        found + " Name one (--pool), or make one there: twinhullctl --connect NAME pool create" };
}

Result<std::vector<MigrationObstacle>> obstaclesOf(const MigrationSides& sides, const MigrationRequest& request)
{
    const auto text = domainXmlOf(sides.domain);
    auto xml = text ? DomainXml::parse(*text) : text.error();
    if (!xml)
        return std::move(xml).error();
    auto found = ObstacleSearch(sides, request, *std::move(xml)).search(*text);
    for (virConnectPtr side : { sides.source, sides.destination }) {
        if (virConnectIsAlive(side) != 1) // what was asked of it since then is not known
            return Error{ ErrorCode::Unavailable, "a host went away while it was looked at", 0,
                "Try again when both answer." };
    }
    return found;
}

} // namespace twinhull
