// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/volume_users.h"

#include "core/base/files.h"
#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/domain/domain_xml.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QtEndian>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace twinhull {

namespace {

constexpr int kLongestChain = 200; ///< QEMU's own limit
constexpr std::size_t kBaseHeaderBytes = 80; ///< with what version 3 of qcow2 needs of its reader
constexpr quint32 kLongestBackingPath = 1023; ///< of qcow2 (docs/interop/qcow2.txt of QEMU)

QString userWord(const char* text)
{
    return QCoreApplication::translate("VmStorage", text);
}

QString usedBy(const char* text, const QString& argument)
{
    return userWord(text).arg(argument);
}

/// A disk's source, whatever it is called there.
QString sourcePath(xmlNodePtr element)
{
    for (const char* path : { "source@file", "source@dev", "source@dir", "source@name" }) {
        if (const QString found = textAt(element, QLatin1String(path)); !found.isEmpty())
            return found;
    }
    return {};
}

Error basedOnWhat(const QString& path)
{
    return Error{ ErrorCode::Unsupported, "what " + path.toStdString() + " is based on cannot be told", 0, {} };
}

/// `name` is what a qcow2 at `path` names: docs/system/qemu-block-drivers of QEMU has the forms.
Result<QString> absoluteBase(QString name, const QString& path)
{
    if (name.startsWith(QLatin1String("file:")))
        name = name.mid(5);
    const auto colon = name.indexOf(u':');
    const auto slash = name.indexOf(u'/');
    if (colon >= 0 && (slash < 0 || colon < slash)) // "json:{…}", "nbd://…"
        return basedOnWhat(path);
    return name.startsWith(u'/') ? name : QFileInfo(path).absolutePath() + u'/' + name;
}

/// Where other formats may name another file it is not read, but told. Source: docs/interop/qcow2.txt of QEMU.
Result<QString> baseInHeader(const UniqueFd& file, const QString& path, std::string_view header)
{
    for (const std::string_view other : { std::string_view("QED\0", 4), std::string_view("KDMV"),
             std::string_view("COWD"), std::string_view("# Disk Desc") }) {
        if (header.substr(0, other.size()) == other)
            return basedOnWhat(path);
    }
    if (header.size() < 20 || header.substr(0, 4) != "QFI\xfb")
        return QString();
    constexpr std::size_t kIncompatible = 72;
    constexpr quint64 kHasDataFile = 4;
    const bool isNew = qFromBigEndian<quint32>(header.data() + 4) >= 3;
    if (isNew && header.size() == kBaseHeaderBytes
        && (qFromBigEndian<quint64>(header.data() + kIncompatible) & kHasDataFile) != 0)
        return basedOnWhat(path);
    const auto offset = qFromBigEndian<quint64>(header.data() + 8);
    const auto length = qFromBigEndian<quint32>(header.data() + 16);
    if (offset == 0 || length == 0)
        return QString();
    if (length > kLongestBackingPath)
        return basedOnWhat(path);
    QByteArray name(static_cast<qsizetype>(length), '\0');
    if (::pread(file.fd(), name.data(), length, static_cast<off_t>(offset)) != static_cast<ssize_t>(length))
        return basedOnWhat(path);
    return absoluteBase(QString::fromUtf8(name), path);
}

} // namespace

Result<QString> baseNamedIn(const QString& path)
{
    if (!path.startsWith(u'/')) // a server's
        return QString();
    const auto file = openPath(path.toStdString(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file) // a folder that is not there may be a file system that is not mounted
        return file.error().sysErrno == ENOENT && QFileInfo(path).absoluteDir().exists() ? Result<QString>(QString())
                                                                                         : file.error();
    struct stat found { };
    if (::fstat(file->fd(), &found) != 0)
        return Error::fromErrno(errno, path.toStdString());
    if (!S_ISREG(found.st_mode) && !S_ISBLK(found.st_mode))
        return QString();
    std::array<char, kBaseHeaderBytes> header{};
    const ssize_t read = ::pread(file->fd(), header.data(), header.size(), 0);
    if (read < 0)
        return Error::fromErrno(errno, "read " + path.toStdString());
    return baseInHeader(*file, path, std::string_view(header.data(), static_cast<std::size_t>(read)));
}

QString backingFileOf(const QString& path)
{
    const auto base = baseNamedIn(path);
    return base ? *base : QString();
}

/// One file may be named in several ways.
QString VolumeUsers::nameOf(const QString& path) const
{
    if (m_place == HypervisorPlace::Elsewhere || path.isEmpty())
        return path;
    const QString canonical = QFileInfo(path).canonicalFilePath(); // empty: it is not there
    return canonical.isEmpty() ? path : canonical;
}

void VolumeUsers::add(Use use)
{
    use.path = nameOf(use.path);
    const bool isKnown = std::any_of(m_uses.begin(), m_uses.end(), [&use](const Use& other) {
        return other.path == use.path && other.pool == use.pool && other.volume == use.volume
            && other.user.name == use.user.name && other.user.role == use.user.role;
    });
    if (!isKnown && (!use.path.isEmpty() || !use.volume.isEmpty()))
        m_uses.push_back(std::move(use));
}

void VolumeUsers::readMachine(const QByteArray& xml, const QString& name, bool isRunning)
{
    const auto parsed = DomainXml::parse(xml);
    if (!parsed) {
        m_unclear << name;
        return;
    }
    for (xmlNodePtr disk : childElements(parsed->devices())) {
        if (!isElement(disk, "disk"))
            continue;
        const QString target = textAt(disk, QStringLiteral("target@dev"));
        add({ sourcePath(disk), textAt(disk, QStringLiteral("source@pool")),
            textAt(disk, QStringLiteral("source@volume")),
            { name, usedBy(QT_TRANSLATE_NOOP("VmStorage", "disk %1"), target), target, isRunning } });
        const QString based = usedBy(QT_TRANSLATE_NOOP("VmStorage", "what disk %1 is based on"), target);
        QString below = QStringLiteral("backingStore");
        for (int i = 0; i < kLongestChain && isThere(disk, below); ++i, below += QLatin1String("/backingStore")) {
            for (const char* attribute : { "/source@file", "/source@dev" })
                add({ textAt(disk, below + QLatin1String(attribute)), {}, {}, { name, based, {}, isRunning } });
        }
        add({ textAt(disk, QStringLiteral("mirror/source@file")), {}, {},
            { name, usedBy(QT_TRANSLATE_NOOP("VmStorage", "where disk %1 is copied to"), target), {}, isRunning } });
    }
    for (const char* part : { "kernel", "initrd", "dtb", "loader", "nvram" })
        add({ textAt(parsed->root(), QLatin1String("os/") + QLatin1String(part)), {}, {},
            { name, QLatin1String(part), {}, isRunning }, false });
}

/// What external ones go back to; what an internal one keeps is in the disk itself.
void VolumeUsers::readSnapshots(const std::vector<SnapshotRecord>& records, const QString& name)
{
    for (const SnapshotRecord& record : records) {
        const QString role = usedBy(QT_TRANSLATE_NOOP("VmStorage", "snapshot %1"), record.name);
        for (const auto& disk : record.disks) {
            if (disk.place != SnapshotPlace::External)
                continue;
            if (disk.file.path.isEmpty() && disk.volume.isEmpty())
                m_unclear << QStringLiteral("%1 (%2)").arg(role, name);
            add({ disk.file.path, disk.pool, disk.volume, { name, role, {}, false } });
        }
        add({ record.memoryFile, {}, {}, { name, role, {}, false }, false });
    }
}

/// One that is live was never removed while it is leaving.
void VolumeUsers::readBinned(const BinFolder& binned, const QStringList& live)
{
    const QString shown = userWord(QT_TRANSLATE_NOOP("VmStorage", "%1 (in the bin)"));
    if (!binned.record) {
        m_unclear << shown.arg(binned.key);
        return;
    }
    if (binned.record->phase == BinPhase::Leaving && live.contains(withoutConnection(binned.key)))
        return;
    const QString name = shown.arg(binned.record->name);
    readMachine(binned.record->definition, name, false);
    std::vector<SnapshotRecord> records;
    for (const KeptSnapshot& kept : binned.record->snapshots) {
        auto record = parseSnapshotRecord(kept.xml);
        if (record)
            records.push_back(*std::move(record));
        else
            m_unclear << name;
    }
    readSnapshots(records, name);
}

Result<bool> VolumeUsers::readDomain(virDomainPtr domain)
{
    const QString name = QString::fromUtf8(virDomainGetName(domain));
    const auto isRunning = isDomainActive(domain);
    bool isWhole = true;
    for (const unsigned flags : { 0U, static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE) }) {
        const auto xml
            = isRunning ? xmlFrom(virDomainGetXMLDesc(domain, flags), "read " + name.toStdString()) : isRunning.error();
        if (xml)
            readMachine(*xml, name, *isRunning);
        else if (hasBrokenOff(xml.error()))
            return xml.error();
        else if (xml.error().code != ErrorCode::NotFound) // else deleted meanwhile
            m_unclear << name;
        isWhole = isWhole && xml;
    }
    const auto records = allSnapshotRecordsOf(domain);
    if (records)
        readSnapshots(*records, name);
    else if (hasBrokenOff(records.error()))
        return records.error();
    else if (records.error().code != ErrorCode::NotFound)
        m_unclear << name;
    return isWhole && records;
}

/// The bin is looked through before the domains and after: one that goes there, or comes back, meanwhile is in either.
Result<VolumeUsers> VolumeUsers::read(virConnectPtr connection, const VmToolbox& tools)
{
    const auto before = binFoldersOf(tools, BinReach::Libvirt);
    if (!before)
        return before.error();
    virDomainPtr* domains = nullptr;
    const int count = virConnectListAllDomains(connection, &domains, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    const std::vector<DomainHandle> handles(domains, domains + count);
    ::free(domains);
    VolumeUsers users;
    users.m_place = tools.place;
    QStringList live;
    for (const DomainHandle& domain : handles) {
        const auto isRead = users.readDomain(domain.get());
        if (!isRead)
            return isRead.error();
        if (*isRead)
            live << uuidOf(domain.get());
    }
    const auto after = binFoldersOf(tools, BinReach::Libvirt);
    if (!after)
        return after.error();
    for (const auto* binned : { &*before, &*after }) {
        for (const BinFolder& each : *binned)
            users.readBinned(each, live);
    }
    return users;
}

Result<QString> VolumeUsers::baseOf(const Bases& bases, const QString& path) const
{
    const auto found = bases.find(path);
    const bool isVolume = found != bases.end();
    if (isVolume && !found->second.isEmpty())
        return found->second;
    if (m_place == HypervisorPlace::Elsewhere)
        return QString();
    const auto base = baseNamedIn(path); // libvirt knows a volume as it was at the pool's last refresh
    if (!base && isVolume)
        return QString(); // libvirt could read it
    return base ? Result<QString>(nameOf(*base)) : base;
}

QStringList VolumeUsers::addTo(std::vector<MachinePool>& pools) const
{
    QStringList unclear = m_unclear;
    std::map<QString, std::vector<MachineVolume*>> byPath; // two pools may be one folder
    std::map<std::pair<QString, QString>, QString> paths; // by pool and name
    Bases bases;
    for (auto& pool : pools) {
        for (auto& volume : pool.volumes) {
            const QString path = nameOf(volume.path);
            byPath[path].push_back(&volume);
            paths[{ pool.name, volume.name }] = path;
            bases[path] = nameOf(volume.backingPath);
        }
    }
    for (const Use& use : m_uses) {
        MachineVolumeUser user = use.user;
        QString path = use.path;
        if (path.isEmpty()) {
            const auto found = paths.find({ use.pool, use.volume });
            path = found != paths.end() ? found->second : QString();
            if (path.isEmpty())
                unclear << QStringLiteral("%1/%2 (%3)").arg(use.pool, use.volume, user.name);
        }
        for (int i = 0; i < kLongestChain && !path.isEmpty(); ++i) {
            const auto found = byPath.find(path);
            for (MachineVolume* volume : found != byPath.end() ? found->second : std::vector<MachineVolume*>()) {
                if (std::find(volume->users.begin(), volume->users.end(), user) == volume->users.end())
                    volume->users.push_back(user);
            }
            if (!user.disk.isEmpty())
                user = { user.name, usedBy(QT_TRANSLATE_NOOP("VmStorage", "what disk %1 is based on"), user.disk), {},
                    user.isRunning };
            const auto base = baseOf(bases, path);
            if (!base && use.isDisk)
                unclear << QStringLiteral("%1 (%2)").arg(path, user.name);
            path = base ? *base : QString();
        }
    }
    for (auto& pool : pools) {
        for (const auto& volume : pool.volumes) {
            const auto base = byPath.find(bases[nameOf(volume.path)]);
            for (MachineVolume* below : base != byPath.end() ? base->second : std::vector<MachineVolume*>())
                below->users.push_back({ pool.name + u'/' + volume.name,
                    userWord(QT_TRANSLATE_NOOP("VmStorage", "is based on it")), {}, false });
        }
    }
    unclear.removeDuplicates();
    return unclear;
}

} // namespace twinhull
