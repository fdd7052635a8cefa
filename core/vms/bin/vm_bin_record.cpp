// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/vm_bin_record.h"

#include "core/base/files.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace twinhull {

namespace {

constexpr std::size_t kRecordLimitBytes = 64U << 20U;

std::string recordPath(const VmFolder& folder)
{
    return (folder.path() + QStringLiteral("/removed.json")).toStdString();
}

} // namespace

Result<> writeBinRecord(const VmFolder& folder, const VmBinRecord& record)
{
    QJsonArray snapshots;
    for (const KeptSnapshot& snapshot : record.snapshots)
        snapshots.append(QJsonObject{ { QStringLiteral("xml"), QString::fromUtf8(snapshot.xml) },
            { QStringLiteral("current"), snapshot.isCurrent } });
    const QJsonObject json{
        { QStringLiteral("name"), record.name },
        { QStringLiteral("removed_ms"), static_cast<double>(record.removedMilliseconds) },
        { QStringLiteral("until_ms"), static_cast<double>(record.untilMilliseconds) },
        { QStringLiteral("autostart"), record.startsByItself },
        { QStringLiteral("definition"), QString::fromUtf8(record.definition) },
        { QStringLiteral("snapshots"), snapshots },
    };
    return writeFileAtomically(recordPath(folder), QJsonDocument(json).toJson().toStdString());
}

Result<VmBinRecord> readBinRecord(const VmFolder& folder)
{
    const auto text = readFile(recordPath(folder), kRecordLimitBytes);
    if (!text)
        return text.error();
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    VmBinRecord record;
    record.name = json[u"name"].toString();
    record.removedMilliseconds = static_cast<std::int64_t>(json[u"removed_ms"].toDouble());
    record.untilMilliseconds = static_cast<std::int64_t>(json[u"until_ms"].toDouble());
    record.startsByItself = json[u"autostart"].toBool();
    record.definition = json[u"definition"].toString().toUtf8();
    for (const auto& each : json[u"snapshots"].toArray())
        record.snapshots.push_back({ each[u"xml"].toString().toUtf8(), each[u"current"].toBool() });
    if (record.name.isEmpty() || record.definition.isEmpty())
        return Error{ ErrorCode::Corrupt, recordPath(folder) + " is not what was kept of a VM", 0,
            "Its disks are beside that file: make a VM of them with twinhullctl vm import" };
    return record;
}

Result<> removeBinRecord(const VmFolder& folder)
{
    return removeTree(recordPath(folder));
}

} // namespace twinhull
