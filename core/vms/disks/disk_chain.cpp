// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/disks/disk_chain.h"

#include "core/base/files.h"
#include "core/vms/disks/disk_tools.h"
#include "core/vms/storage/volume_users.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <cerrno>
#include <optional>

#include <unistd.h>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kChainDeadline{ 30 };
constexpr int kMostLayers = 200; ///< QEMU's own limit

/// qemu-img says which file it could not open, and each file above it.
Error chainError(Error error, const QString& path)
{
    const std::string& text = error.message;
    const auto quoted = text.rfind("Could not open '");
    const auto begin = quoted == std::string::npos ? quoted : quoted + std::string_view("Could not open '").size();
    const auto end = begin == std::string::npos ? begin : text.find('\'', begin);
    const std::string named = end == std::string::npos ? path.toStdString() : text.substr(begin, end - begin);
    if (::access(named.c_str(), F_OK) != 0 && errno == ENOENT)
        return Error{ ErrorCode::NotFound,
            named == path.toStdString()
                ? "the disk " + named + " is missing"
                : "the disk " + path.toStdString() + " stands on " + named + ", which is missing",
            ENOENT, "Nothing was changed. Put that file back in its place." };
    return std::move(error).withContext("look at the disk " + path.toStdString());
}

Result<std::vector<DomainHandle>> allDomains(virConnectPtr connection)
{
    virDomainPtr* listed = nullptr;
    const int count = virConnectListAllDomains(connection, &listed, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    std::vector<DomainHandle> domains(listed, listed + count);
    ::free(listed);
    return domains;
}

/// What external snapshots stand on.
void addKept(const std::vector<SnapshotRecord>& records, QMap<QString, DiskSourceFile>& heads)
{
    for (const SnapshotRecord& record : records) {
        for (const auto& disk : record.disks) {
            if (disk.place == SnapshotPlace::External && !disk.file.path.isEmpty())
                heads.insert(disk.file.path, disk.file);
        }
    }
}

/// A double of JSON as bytes; what the disk of a stranger says may be any number. Nothing where it cannot be one.
std::optional<std::uint64_t> bytesSaid(const QJsonValue& value)
{
    constexpr double kMostBytes = 9.0e18; // below 2^63
    const double said = value.toDouble(-1);
    return said >= 0 && said <= kMostBytes ? std::optional(static_cast<std::uint64_t>(said)) : std::nullopt;
}

} // namespace

Result<std::vector<DiskLayer>> layersOf(const QString& path, const QString& format)
{
    if (!exists(path.toStdString()))
        return chainError(Error{ ErrorCode::NotFound, {}, ENOENT, {} }, path);
    auto command = qemuImg({ "info", "-U", "--backing-chain", "--output=json", "-f",
        format.isEmpty() ? "raw" : format.toStdString(), "--", path.toStdString() });
    if (!command)
        return std::move(command).error();
    auto text = outputOf(*command, CommandRun{ kChainDeadline });
    if (!text)
        return chainError(std::move(text).error(), path);
    std::vector<DiskLayer> layers;
    for (const auto& value : QJsonDocument::fromJson(QByteArray::fromStdString(*text)).array()) {
        const QJsonObject layer = value.toObject();
        layers.push_back({ { layer[u"filename"].toString(), layer[u"format"].toString() },
            bytesSaid(layer[u"actual-size"]).value_or(0) });
    }
    if (layers.empty())
        return Error{ ErrorCode::Corrupt, "qemu-img said nothing of the disk " + path.toStdString(), 0, {} };
    return layers;
}

Result<QMap<QString, std::uint64_t>> savedMemoryBytes(const DiskSourceFile& disk)
{
    auto command
        = qemuImg({ "info", "-U", "--output=json", "-f", disk.format.toStdString(), "--", disk.path.toStdString() });
    const auto text = command ? outputOf(*command, CommandRun{ kChainDeadline }) : Result<std::string>(command.error());
    if (!text)
        return chainError(text.error(), disk.path);
    const auto info = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    if (info.isEmpty())
        return Error{ ErrorCode::Corrupt, "qemu-img said nothing of the disk " + disk.path.toStdString(), 0, {} };
    QMap<QString, std::uint64_t> bytes;
    for (const auto& value : info[u"snapshots"].toArray()) {
        if (const auto said = bytesSaid(value[u"vm-state-size"]))
            bytes.insert(value[u"name"].toString(), *said);
    }
    return bytes;
}

Result<> makeOverlay(const QString& path, const DiskSourceFile& below)
{
    auto command = qemuImg({ "create", "-q", "-f", "qcow2", "-F", below.format.toStdString(), "-b",
        below.path.toStdString(), "--", path.toStdString() });
    if (!command)
        return std::move(command).error();
    auto made = outputOf(*command, CommandRun{ kChainDeadline });
    return made ? Result<>() : std::move(made).error().withContext("make " + path.toStdString());
}

QString freeLayerPath(const QString& lowest, const QString& name, const QString& suffix)
{
    const QFileInfo below(lowest);
    QString word = name.toLower();
    for (QChar& letter : word) {
        if (!(letter.isLetterOrNumber() && letter.unicode() < 0x80) && letter != u'-' && letter != u'_')
            letter = u'_';
    }
    const QString stem = QStringLiteral("%1/%2.%3").arg(below.absolutePath(), below.completeBaseName(), word.left(60));
    QString path = stem + suffix;
    for (int number = 2; exists(path.toStdString()); ++number)
        path = QStringLiteral("%1-%2%3").arg(stem).arg(number).arg(suffix);
    return path;
}

QString DiskForest::canonicalDisk(const QString& path)
{
    const QString canonical = QFileInfo(path).canonicalFilePath();
    return canonical.isEmpty() ? path : canonical;
}

void DiskForest::add(const QString& domainName, const DiskSourceFile& head)
{
    const bool standsAlone = head.format == u"raw"; // which names no file below
    const auto layers = standsAlone ? Result<std::vector<DiskLayer>>(std::vector<DiskLayer>{ DiskLayer{ head, 0 } })
                                    : layersOf(head.path, head.format);
    if (!layers) {
        if (layers.error().code != ErrorCode::NotFound)
            m_problems << QString::fromStdString(layers.error().message);
        else if (exists(head.path.toStdString())) // else nothing of it is there that says where it stands
            addBroken(domainName, head, layers.error());
        return;
    }
    for (std::size_t i = 0; i < layers->size(); ++i) {
        const DiskSourceFile& file = (*layers)[i].file;
        const QString path = canonicalDisk(file.path);
        m_formats.insert(path, file.format);
        if (!m_heads[path].contains(domainName))
            m_heads[path] << domainName;
        if (i + 1 < layers->size())
            m_below.insert(path, { canonicalDisk((*layers)[i + 1].file.path), (*layers)[i + 1].file.format });
    }
}

/// One of its files is missing, perhaps with its medium: what is above that is used all the same. By the headers, each
/// of which names the file below; where they do not lead to the missing one, who stands on what is not known.
void DiskForest::addBroken(const QString& domainName, const DiskSourceFile& head, const Error& why)
{
    static const QRegularExpression ofProtocol(QStringLiteral("/[a-z][a-z0-9+.-]*:")); // "json:", "nbd://", "file:"
    m_formats.insert(canonicalDisk(head.path), head.format);
    QString path = head.path; // what is relative in a header is so to the name by which the file was opened
    for (int i = 0; i < kMostLayers; ++i) {
        const QString canonical = canonicalDisk(path);
        if (!m_heads[canonical].contains(domainName))
            m_heads[canonical] << domainName;
        if (!exists(path.toStdString()))
            return;
        const QString below = backingFileOf(path);
        if (below.isEmpty() || ofProtocol.match(below).hasMatch())
            break;
        if (!m_below.contains(canonical))
            m_below.insert(canonical, { canonicalDisk(below), {} });
        path = below;
    }
    m_problems << QString::fromStdString(why.message);
}

void DiskForest::addWritten(
    virConnectPtr connection, const QByteArray& definition, QMap<QString, DiskSourceFile>& heads)
{
    const auto disks = definedDisksOn(connection, definition);
    for (const DefinedDisk& disk : disks ? *disks : std::vector<DefinedDisk>()) {
        if (!disk.isWritable || disk.file.path.isEmpty())
            continue;
        heads.insert(disk.file.path, disk.file);
        m_disks << canonicalDisk(disk.file.path);
    }
}

Result<bool> DiskForest::addDomain(virConnectPtr connection, virDomainPtr domain)
{
    const QString name = QString::fromUtf8(virDomainGetName(domain));
    QMap<QString, DiskSourceFile> heads;
    bool isWhole = true;
    for (const unsigned flags : { 0U, static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE) }) {
        const auto xml = xmlFrom(virDomainGetXMLDesc(domain, flags), "read " + name.toStdString());
        if (!xml && hasBrokenOff(xml.error()))
            return xml.error();
        if (!xml && xml.error().code != ErrorCode::NotFound) // else undefined meanwhile
            m_problems << QString::fromStdString(xml.error().message);
        isWhole = isWhole && xml;
        if (xml)
            addWritten(connection, *xml, heads);
    }
    const auto records = allSnapshotRecordsOf(domain);
    if (!records && hasBrokenOff(records.error()))
        return records.error();
    if (!records && records.error().code != ErrorCode::NotFound)
        m_problems << QString::fromStdString(records.error().message);
    addKept(records ? *records : std::vector<SnapshotRecord>(), heads);
    for (const DiskSourceFile& head : std::as_const(heads))
        add(name, head);
    return isWhole && records;
}

void DiskForest::addBinned(virConnectPtr connection, const BinFolder& binned, const QMap<QString, QString>& known)
{
    const auto live = known.find(withoutConnection(binned.key));
    if (!binned.record) {
        m_problems << QString::fromStdString(binned.record.error().toLine());
        return;
    }
    if (live != known.end() && binned.record->phase == BinPhase::Leaving) // it was never removed
        return;
    const QString name = live != known.end()
        ? *live
        : QCoreApplication::translate("DiskForest", "%1 (in the bin)").arg(binned.record->name);
    QMap<QString, DiskSourceFile> heads;
    addWritten(connection, binned.record->definition, heads);
    std::vector<SnapshotRecord> records;
    for (const KeptSnapshot& kept : binned.record->snapshots) {
        auto record = parseSnapshotRecord(kept.xml);
        if (record)
            records.push_back(*std::move(record));
        else
            m_problems << QString::fromStdString(record.error().toLine());
    }
    addKept(records, heads);
    for (const DiskSourceFile& head : std::as_const(heads))
        add(name, head);
}

/// The bin is looked through before the domains and after: one that goes there, or comes back, meanwhile is in either.
Result<DiskForest> DiskForest::read(const VmToolbox& tools, virConnectPtr connection, const QString& exceptKey)
{
    DiskForest forest;
    auto binned = binFoldersOf(tools, BinReach::Libvirt);
    if (!binned)
        return std::move(binned).error();
    const auto domains = allDomains(connection);
    if (!domains)
        return domains.error();
    QMap<QString, QString> known;
    for (const DomainHandle& domain : *domains) {
        const auto isWhole = forest.addDomain(connection, domain.get());
        if (!isWhole)
            return isWhole.error();
        if (*isWhole)
            known.insert(uuidOf(domain.get()), QString::fromUtf8(virDomainGetName(domain.get())));
    }
    auto later = binFoldersOf(tools, BinReach::Libvirt);
    if (!later)
        return std::move(later).error();
    for (BinFolder& each : *later)
        binned->push_back(std::move(each));
    for (const BinFolder& each : *binned) {
        if (each.key != exceptKey)
            forest.addBinned(connection, each, known);
    }
    return forest;
}

QStringList DiskForest::usersIn(const QString& folder) const
{
    QStringList users;
    const QString below = canonicalDisk(folder) + u'/';
    for (auto file = m_heads.begin(); file != m_heads.end(); ++file) {
        if (file.key().startsWith(below))
            users << *file;
    }
    users.removeDuplicates();
    return users;
}

std::vector<QString> DiskForest::layersAbove(const QString& path) const
{
    std::vector<QString> above;
    const QString canonical = canonicalDisk(path);
    for (auto layer = m_below.begin(); layer != m_below.end(); ++layer) {
        if (layer->path == canonical)
            above.push_back(layer.key());
    }
    return above;
}

bool DiskForest::isDiskOfSomeDomain(const QString& path) const
{
    return m_disks.contains(canonicalDisk(path));
}

DiskSourceFile DiskForest::below(const QString& path) const
{
    return m_below.value(canonicalDisk(path));
}

QStringList DiskForest::usersOf(const QString& path) const
{
    return m_heads.value(canonicalDisk(path));
}

} // namespace twinhull
