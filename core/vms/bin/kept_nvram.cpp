// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/kept_nvram.h"

#include "core/base/files.h"
#include "core/vms/domain/domain_xml.h"

#include <QFileInfo>
#include <QStandardPaths>

namespace twinhull {

namespace {

constexpr std::size_t kNvramLimitBytes = 128U << 20U; // of the largest firmware known, 64 MiB
const QString kNvram = QStringLiteral("os/nvram");

bool isSessionUri(const QString& uri)
{
    return uri.section(u'?', 0, 0).endsWith(u"/session");
}

/// As libvirt's driver for QEMU makes it for a person's session; before 9.2 no definition says it.
QString nvramByName(const QString& name)
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/libvirt/qemu/nvram/") + name + QStringLiteral("_VARS.fd");
}

Result<bool> isNvramOfOthers(virConnectPtr connection, const QString& uuid, const QString& path)
{
    virDomainPtr* listed = nullptr;
    const int count = virConnectListAllDomains(connection, &listed, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    const std::vector<DomainHandle> domains(listed, listed + count);
    ::free(listed);
    for (const DomainHandle& domain : domains) {
        if (uuidOf(domain.get()) == withoutConnection(uuid))
            continue;
        const auto xml = xmlFrom(virDomainGetXMLDesc(domain.get(), VIR_DOMAIN_XML_INACTIVE), "read its definition");
        const auto parsed = xml ? DomainXml::parse(*xml) : Result<DomainXml>(xml.error());
        if (!parsed || textAt(parsed->root(), kNvram) == path) // one that cannot be read may have it
            return true;
    }
    return false;
}

void renameNvram(xmlNodePtr domain, const QString& from, const QString& to)
{
    if (domain != nullptr && textAt(domain, kNvram) == from)
        setTextAt(domain, kNvram, to);
}

Result<> nameAnew(const QString& from, const QString& to, VmBinRecord& record)
{
    const auto definition = DomainXml::parse(record.definition);
    if (!definition)
        return definition.error();
    renameNvram(definition->root(), from, to);
    record.definition = definition->toText();
    for (KeptSnapshot& snapshot : record.snapshots) {
        const auto parsed = DomainXml::parse(snapshot.xml, "domainsnapshot");
        if (!parsed)
            return parsed.error();
        for (const char* name : { "domain", "inactiveDomain" })
            renameNvram(childNamed(parsed->root(), name), from, to);
        snapshot.xml = parsed->toText();
    }
    return {};
}

/// Not the one of which the folder has the copy: that is back already, or was left.
Result<bool> isAnotherFileAt(const QString& path, const VmFolder& folder)
{
    if (!exists(path.toStdString()))
        return false;
    const std::string copy = folder.nvramPath().toStdString();
    if (!exists(copy))
        return true;
    const auto there = readFile(path.toStdString(), kNvramLimitBytes);
    const auto kept = readFile(copy, kNvramLimitBytes);
    if (!kept)
        return kept.error();
    return !there || *there != *kept;
}

} // namespace

Result<NvramPlace> nvramOutside(
    const VmToolbox& tools, virConnectPtr connection, const QString& uuid, const QByteArray& definition)
{
    const auto domain = DomainXml::parse(definition);
    if (!domain)
        return domain.error();
    const bool isNamed = isThere(domain->root(), kNvram);
    if (!isNamed && textAt(domain->root(), QStringLiteral("os@firmware")) != u"efi")
        return NvramPlace{};
    const QString path
        = isNamed ? textAt(domain->root(), kNvram) : nvramByName(textAt(domain->root(), QStringLiteral("name")));
    const QString folder = VmFolder(tools.folders, uuid).path() + u'/';
    if (path.startsWith(folder))
        return NvramPlace{};
    const QFileInfo file(path);
    const bool isPlain = path.startsWith(u'/') && !isThere(domain->root(), QStringLiteral("os/nvram/source"));
    const bool isReadable = !file.exists() || (file.isFile() && file.isReadable());
    if (!isPlain || !isReadable || !isSessionUri(tools.uri))
        return Error{ ErrorCode::Unsupported, "what its firmware keeps cannot be taken into its folder", 0, {} };
    const auto isShared = isNvramOfOthers(connection, uuid, path);
    if (!isShared)
        return isShared.error();
    return NvramPlace{ path, *isShared };
}

Result<> giveNvramBack(const QString& path, const VmFolder& folder)
{
    const std::string copy = folder.nvramPath().toStdString();
    if (path.isEmpty() || !exists(copy))
        return {};
    const auto variables = readFile(copy, kNvramLimitBytes);
    if (!variables)
        return variables.error();
    auto made = makeFolders(QFileInfo(path).absolutePath().toStdString());
    if (made)
        made = writeFileAtomically(path.toStdString(), *variables);
    return std::move(made).withContext("give back the variables of its firmware");
}

Result<> takeNvramAway(const QString& path, const VmFolder& folder)
{
    if (path.isEmpty() || !exists(folder.nvramPath().toStdString()))
        return {};
    const auto isOther = isAnotherFileAt(path, folder);
    if (!isOther)
        return isOther.error();
    return *isOther ? Result<>() : removeTree(path.toStdString());
}

Result<> makeWayForNvram(virConnectPtr connection, const QString& uuid, const VmFolder& folder, VmBinRecord& record)
{
    const QString path = record.nvramPath;
    if (path.isEmpty())
        return {};
    const auto definition = DomainXml::parse(record.definition);
    const auto isOthers = definition ? isNvramOfOthers(connection, uuid, path) : Result<bool>(definition.error());
    const auto isOther = isOthers ? isAnotherFileAt(path, folder) : isOthers;
    if (!isOther)
        return isOther.error();
    const bool isNamed = textAt(definition->root(), kNvram) == path;
    const QFileInfo place(QFileInfo(path).absolutePath()); // perhaps on a medium that is out
    const bool isOutOfReach = isNamed && !(place.isDir() && place.isWritable());
    if (!*isOthers && !*isOther && !isOutOfReach)
        return {};
    const bool hasCopy = exists(folder.nvramPath().toStdString());
    if (!isNamed && !*isOthers && !hasCopy) // it has nothing to lose
        return {};
    if (!isNamed)
        return Error{ ErrorCode::AlreadyExists,
            (*isOthers ? "another VM has " : "another file is at ") + path.toStdString() + " by now", 0,
            *isOthers ? "Name another file for that one's nvram: twinhullctl vm xml" : "Move that file away." };
    if (auto named = nameAnew(path, folder.nvramPath(), record); !named)
        return named;
    record.nvramPath.clear();
    return {};
}

Result<> keepNvram(NvramPlace& place, const VmFolder& folder, VmBinRecord& record)
{
    if (!place.isOutside())
        return {};
    const QString copy = folder.nvramPath();
    if (exists(place.path.toStdString())) {
        const auto variables = readFile(place.path.toStdString(), kNvramLimitBytes);
        auto written = variables ? writeFileAtomically(copy.toStdString(), *variables) : Result<>(variables.error());
        if (!written)
            return std::move(written).withContext("keep the variables of its firmware");
        place.isCopied = true;
    } else if (auto gone = removeTree(copy.toStdString()); !gone) { // it was never started
        return gone;
    }
    record.nvramPath = place.path;
    return {};
}

} // namespace twinhull
