// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/folder_users.h"

#include "core/vms/bin/bin_claim.h"
#include "core/vms/disks/disk_chain.h"

#include <algorithm>

namespace twinhull {

namespace {

/// As libvirt writes text into XML, and as it is.
QList<QByteArray> spellingsOf(const QString& folder)
{
    const QByteArray plain = folder.toUtf8() + '/';
    QByteArray escaped = plain;
    escaped.replace('&', "&amp;");
    for (const auto& [sign, word] :
        { std::pair{ '<', "&lt;" }, std::pair{ '>', "&gt;" }, std::pair{ '"', "&quot;" }, std::pair{ '\'', "&apos;" } })
        escaped.replace(sign, word);
    QByteArray ofOurs = plain; // libxml2 escapes no quotes in text
    ofOurs.replace('&', "&amp;");
    ofOurs.replace('<', "&lt;");
    ofOurs.replace('>', "&gt;");
    return { plain, escaped, ofOurs };
}

class FolderNames {
public:
    explicit FolderNames(const QStringList& folders)
    {
        for (const QString& folder : folders) {
            m_spellings << spellingsOf(folder);
            m_spellings << spellingsOf(DiskForest::canonicalDisk(folder));
        }
    }

    bool areIn(const QByteArray& xml) const
    {
        return std::any_of(m_spellings.begin(), m_spellings.end(),
            [&xml](const QByteArray& spelling) { return xml.contains(spelling); });
    }

private:
    QList<QByteArray> m_spellings;
};

Result<bool> namesFolders(virDomainPtr domain, const FolderNames& folders)
{
    for (const unsigned flags : { 0U, static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE) }) {
        const auto xml = xmlFrom(virDomainGetXMLDesc(domain, flags), "read a definition");
        if (!xml && xml.error().code != ErrorCode::NotFound) // undefined meanwhile
            return xml.error();
        if (xml && folders.areIn(*xml))
            return true;
    }
    const auto records = allSnapshotRecordsOf(domain);
    if (!records && records.error().code != ErrorCode::NotFound)
        return records.error();
    return records && std::any_of(records->begin(), records->end(), [&folders](const SnapshotRecord& record) {
        return folders.areIn(record.xml);
    });
}

bool namesFolders(const VmBinRecord& record, const FolderNames& folders)
{
    return folders.areIn(record.definition)
        || std::any_of(record.snapshots.begin(), record.snapshots.end(),
            [&folders](const KeptSnapshot& snapshot) { return folders.areIn(snapshot.xml); });
}

Result<QStringList> domainsNaming(virConnectPtr connection, const QString& key, const FolderNames& folders)
{
    virDomainPtr* listed = nullptr;
    const int count = virConnectListAllDomains(connection, &listed, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    const std::vector<DomainHandle> domains(listed, listed + count);
    ::free(listed);
    QStringList names;
    for (const DomainHandle& domain : domains) {
        if (uuidOf(domain.get()) == withoutConnection(key))
            continue;
        const auto isUser = namesFolders(domain.get(), folders);
        if (!isUser)
            return isUser.error();
        if (*isUser)
            names << QString::fromUtf8(virDomainGetName(domain.get()));
    }
    return names;
}

} // namespace

Result<> checkNobodyUsesFolders(
    const VmToolbox& tools, virConnectPtr connection, const QString& key, const QStringList& folders)
{
    const auto forest = DiskForest::read(tools, connection, key);
    if (!forest)
        return forest.error();
    if (!forest->problems().isEmpty())
        return Error{ ErrorCode::Unavailable,
            "whether other VMs stand on its disks is not known: " + forest->problems().first().toStdString(), 0, {} };
    const FolderNames names(folders);
    auto users = domainsNaming(connection, key, names);
    if (!users)
        return users.error();
    for (const QString& folder : folders)
        *users << forest->usersIn(folder);
    const auto binned = binFoldersOf(tools, BinReach::Libvirt);
    if (!binned)
        return binned.error();
    for (const BinFolder& each : *binned) {
        if (each.key != key && each.record && namesFolders(*each.record, names))
            *users << each.record->name;
    }
    users->removeDuplicates();
    users->removeAll(removalName(key));
    if (users->isEmpty())
        return {};
    return Error{ ErrorCode::Busy, "other VMs use its disks: " + users->join(QStringLiteral(", ")).toStdString(), 0,
        "Remove these first, or make full clones of them." };
}

} // namespace twinhull
