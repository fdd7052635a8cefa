// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/volume_users.h"

#include "core/base/files.h"
#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/disks/disk_probe.h"
#include "core/vms/domain/domain_xml.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QtEndian>

#include <unistd.h>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

constexpr int kLongestChain = 200; ///< QEMU's own limit
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

} // namespace

QString backingFileOf(const QString& path)
{
    const auto file = openDisk(path);
    std::array<char, 20> header{};
    if (!file || ::pread(file->fd(), header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())
        || !std::equal(header.begin(), header.begin() + 4, "QFI\xfb"))
        return {};
    const auto offset = qFromBigEndian<quint64>(header.data() + 8);
    const auto length = qFromBigEndian<quint32>(header.data() + 16);
    if (offset == 0 || length == 0 || length > kLongestBackingPath)
        return {};
    QByteArray name(static_cast<qsizetype>(length), '\0');
    if (::pread(file->fd(), name.data(), length, static_cast<off_t>(offset)) != static_cast<ssize_t>(length))
        return {};
    const QString base = QString::fromUtf8(name);
    return base.startsWith(u'/') ? base : QFileInfo(path).absolutePath() + u'/' + base;
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
    if (!parsed)
        return;
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
            { name, QLatin1String(part), {}, isRunning } });
}

/// One that libvirt knows was never removed while it is leaving.
Result<> VolumeUsers::readBin(const VmToolbox& tools, const QStringList& known)
{
    const auto binned = binFoldersOf(tools, BinReach::Libvirt);
    if (!binned)
        return binned.error();
    for (const BinFolder& each : *binned) {
        const bool isLive = known.contains(withoutConnection(each.key));
        if (each.record && !(isLive && each.record->phase == BinPhase::Leaving))
            readMachine(each.record->definition,
                userWord(QT_TRANSLATE_NOOP("VmStorage", "%1 (in the bin)")).arg(each.record->name), false);
    }
    return {};
}

Result<VolumeUsers> VolumeUsers::read(virConnectPtr connection, const VmToolbox& tools)
{
    virDomainPtr* domains = nullptr;
    const int count = virConnectListAllDomains(connection, &domains, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    const std::vector<DomainHandle> handles(domains, domains + count);
    ::free(domains);
    VolumeUsers users;
    users.m_place = tools.place;
    QStringList known;
    for (const DomainHandle& domain : handles)
        known << uuidOf(domain.get());
    if (auto read = users.readBin(tools, known); !read)
        return std::move(read).error();
    for (const DomainHandle& domain : handles) {
        const QString name = QString::fromUtf8(virDomainGetName(domain.get()));
        const auto isRunning = isDomainActive(domain.get());
        for (const unsigned flags : { 0U, static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE) }) {
            const auto xml = isRunning ? xmlFrom(virDomainGetXMLDesc(domain.get(), flags), "read " + name.toStdString())
                                       : isRunning.error();
            if (xml)
                users.readMachine(*xml, name, *isRunning);
            else if (hasBrokenOff(xml.error())) // else deleted meanwhile
                return xml.error();
        }
    }
    return users;
}

QString VolumeUsers::baseOf(const Bases& bases, const QString& path) const
{
    if (const auto found = bases.find(path); found != bases.end())
        return found->second;
    return m_place == HypervisorPlace::Here ? nameOf(backingFileOf(path)) : QString();
}

void VolumeUsers::addTo(std::vector<MachinePool>& pools) const
{
    std::map<QString, MachineVolume*> byPath;
    std::map<std::pair<QString, QString>, QString> paths; // by pool and name
    Bases bases;
    for (auto& pool : pools) {
        for (auto& volume : pool.volumes) {
            const QString path = nameOf(volume.path);
            byPath[path] = &volume;
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
        }
        for (int i = 0; i < kLongestChain && !path.isEmpty(); ++i, path = baseOf(bases, path)) {
            const auto found = byPath.find(path);
            if (found != byPath.end()) {
                auto& known = found->second->users;
                if (std::find(known.begin(), known.end(), user) == known.end())
                    known.push_back(user);
            }
            if (!user.disk.isEmpty())
                user = { user.name, usedBy(QT_TRANSLATE_NOOP("VmStorage", "what disk %1 is based on"), user.disk), {},
                    user.isRunning };
        }
    }
    for (auto& pool : pools) {
        for (const auto& volume : pool.volumes) {
            const auto base = byPath.find(bases[nameOf(volume.path)]);
            if (base != byPath.end())
                base->second->users.push_back({ pool.name + u'/' + volume.name,
                    userWord(QT_TRANSLATE_NOOP("VmStorage", "is based on it")), {}, false });
        }
    }
}

} // namespace twinhull
