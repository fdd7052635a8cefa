// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_history.h"

#include "core/base/files.h"
#include "core/vms/disks/vm_orphans.h"

#include <QDir>

namespace twinhull {

namespace {

constexpr int kMostDefinitions = 20;
constexpr std::size_t kMostDefinitionBytes = 4U << 20U;

} // namespace

DomainHistory::DomainHistory(const DataFolders& folders, const QString& uuid, QString uri)
    : m_folder(folders, uuid), m_uri(std::move(uri))
{
}

QStringList DomainHistory::paths() const
{
    const QDir folder(m_folder.path() + QStringLiteral("/definitions"));
    QStringList all;
    for (const QString& name :
        folder.entryList({ QStringLiteral("*.xml") }, QDir::Files | QDir::NoSymLinks, QDir::Name))
        all << folder.filePath(name);
    return all;
}

int DomainHistory::count() const
{
    return static_cast<int>(paths().size());
}

Result<QByteArray> DomainHistory::latest() const
{
    const QStringList all = paths();
    if (all.isEmpty())
        return Error{ ErrorCode::NotFound, "no earlier definition is kept", 0, {} };
    const auto text = readFile(all.last().toStdString(), kMostDefinitionBytes);
    return text ? Result<QByteArray>(QByteArray::fromStdString(*text)) : Result<QByteArray>(text.error());
}

Result<> DomainHistory::keep(const QByteArray& xml) const
{
    if (const auto before = latest(); before && *before == xml)
        return {};
    const QString folder = m_folder.path() + QStringLiteral("/definitions");
    if (auto made = makeFolders(folder.toStdString()); !made)
        return made;
    const auto claim = claimVmFolder(m_folder, m_uri);
    if (!claim)
        return claim.error();
    QStringList all = paths();
    const int number = all.isEmpty() ? 0 : all.last().section(u'/', -1).section(u'.', 0, 0).toInt();
    const QString path = QStringLiteral("%1/%2.xml").arg(folder).arg(number + 1, 8, 10, QLatin1Char('0'));
    if (auto written = writeFileAtomically(path.toStdString(), xml.toStdString()); !written)
        return written;
    for (; all.size() >= kMostDefinitions; all.removeFirst())
        QFile::remove(all.first());
    return {};
}

Result<> DomainHistory::dropLatest() const
{
    const QStringList all = paths();
    return all.isEmpty() ? Result<>() : removeTree(all.last().toStdString());
}

} // namespace twinhull
