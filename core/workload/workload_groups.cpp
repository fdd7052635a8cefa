// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_groups.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/jobs/thread_job.h"
#include "core/workload/workload_connection.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <map>

namespace twinhull {

namespace {

constexpr std::size_t kGroupsLimitBytes = 4U << 20U;
constexpr std::size_t kMostGrouped = 10'000;
constexpr qsizetype kLongestGroupName = 64;
constexpr qsizetype kLongestKey = 256;

struct GroupEntry {
    QString group;
    std::int64_t missedSince = 0; ///< milliseconds of the wall clock; 0: it was there
};
using GroupEntries = std::map<WorkloadId, GroupEntry>;

std::string groupsFile(const DataFolders& folders)
{
    return folders.groups() + "/groups.json";
}

QString kindWord(WorkloadKind kind)
{
    return kind == WorkloadKind::Vm ? QStringLiteral("vm") : QStringLiteral("container");
}

/// Marks of direction and separators of lines would let a name write over what is beside it.
bool canBeShown(char32_t character)
{
    const auto category = QChar::category(character);
    return QChar::isPrint(character) && category != QChar::Separator_Line && category != QChar::Separator_Paragraph;
}

Result<GroupEntries> readEntries(const DataFolders& folders)
{
    const auto text = readFile(groupsFile(folders), kGroupsLimitBytes);
    if (!text && text.error().code == ErrorCode::NotFound)
        return GroupEntries();
    if (!text)
        return text.error();
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(*text));
    if (!document.isArray())
        return Error{ ErrorCode::Corrupt, groupsFile(folders) + " is no list of groups", 0,
            "Repair it, or move it away and make the groups anew." };
    GroupEntries entries;
    for (const QJsonValue value : document.array()) {
        const QString kind = value[u"kind"].toString();
        const QString key = value[u"id"].toString();
        const auto group = groupNameFrom(value[u"group"].toString());
        const bool isKind = kind == kindWord(WorkloadKind::Vm) || kind == kindWord(WorkloadKind::Container);
        if (!isKind || key.isEmpty() || key.size() > kLongestKey || !group || group->isEmpty())
            continue;
        const WorkloadId id{ kind == kindWord(WorkloadKind::Vm) ? WorkloadKind::Vm : WorkloadKind::Container, key };
        entries.insert_or_assign(id, GroupEntry{ *group, value[u"missed_since_ms"].toInteger() });
    }
    return entries;
}

Result<> writeEntries(const DataFolders& folders, const GroupEntries& entries)
{
    QJsonArray array;
    for (const auto& [id, entry] : entries) {
        QJsonObject object{ { QStringLiteral("kind"), kindWord(id.kind) }, { QStringLiteral("id"), id.key },
            { QStringLiteral("group"), entry.group } };
        if (entry.missedSince != 0)
            object.insert(QStringLiteral("missed_since_ms"), static_cast<qint64>(entry.missedSince));
        array.append(object);
    }
    return writeFileAtomically(groupsFile(folders), QJsonDocument(array).toJson().toStdString());
}

void sweep(GroupEntries& entries, const SeenWorkloads& seen, std::int64_t nowMilliseconds)
{
    for (auto& [id, entry] : entries) {
        if (seen.ids.contains(id))
            entry.missedSince = 0;
        else if (entry.missedSince == 0 && seen.answering.contains({ id.kind, connectionOf(id) }))
            entry.missedSince = nowMilliseconds;
    }
    std::erase_if(entries, [&seen, nowMilliseconds](const auto& each) {
        const auto& [id, entry] = each;
        return entry.missedSince != 0 && nowMilliseconds - entry.missedSince > kMissedMilliseconds
            && seen.answering.contains({ id.kind, connectionOf(id) });
    });
}

QString groupTitle(const QString& what, const QString& group)
{
    return group.isEmpty() ? QCoreApplication::translate("WorkloadGroups", "Take %1 out of its group").arg(what)
                           : QCoreApplication::translate("WorkloadGroups", "Put %1 into the group %2").arg(what, group);
}

} // namespace

Result<QString> groupNameFrom(const QString& text)
{
    const auto characters = text.trimmed().toUcs4();
    if (characters.size() <= kLongestGroupName && std::all_of(characters.begin(), characters.end(), canBeShown))
        return text.trimmed();
    return Error{ ErrorCode::InvalidArgument, "this cannot name a group", 0,
        "Any text of up to 64 characters that can be printed: no line ends or other control characters." };
}

Result<QHash<WorkloadId, QString>> readGroups(const DataFolders& folders)
{
    const auto entries = readEntries(folders);
    if (!entries)
        return entries.error();
    QHash<WorkloadId, QString> groups;
    for (const auto& [id, entry] : *entries)
        groups.insert(id, entry.group);
    return groups;
}

SeenWorkloads seenWorkloads(const WorkloadRegistry& registry)
{
    SeenWorkloads seen;
    for (const auto* provider : registry.providers()) {
        for (const WorkloadInfo& info : provider->workloads())
            seen.ids.insert(info.id);
        const auto* connection = dynamic_cast<const HasConnection*>(provider);
        const auto status = connection != nullptr ? connection->connectionStatus() : std::nullopt;
        const bool isThere = connection == nullptr || (status && status->state == ConnectionStatus::State::Connected);
        if (isThere && provider->availability())
            seen.answering.insert({ provider->kind(), status ? status->name : QString() });
    }
    return seen;
}

Result<> putIntoGroup(
    const DataFolders& folders, const GroupWish& wish, const SeenWorkloads& seen, std::int64_t nowMilliseconds)
{
    const auto lock = waitForFolder(folders.groups());
    if (!lock)
        return lock.error();
    auto entries = readEntries(folders);
    if (!entries)
        return std::move(entries).error();
    sweep(*entries, seen, nowMilliseconds);
    for (const WorkloadId& id : wish.members) {
        if (wish.group.isEmpty())
            entries->erase(id);
        else
            entries->insert_or_assign(id, GroupEntry{ wish.group });
    }
    if (entries->size() > kMostGrouped)
        return Error{ ErrorCode::InvalidArgument,
            "more than " + std::to_string(kMostGrouped) + " workloads would be in groups", 0,
            "Take some out first: twinhullctl group NAME… --none" };
    return writeEntries(folders, *entries);
}

std::unique_ptr<Job> groupJob(
    const DataFolders& folders, const GroupWish& wish, const SeenWorkloads& seen, const QString& what)
{
    return std::make_unique<ThreadJob>(
        groupTitle(what, wish.group), QThreadPool::globalInstance(), [folders, wish, seen](JobContext&) {
            return putIntoGroup(folders, wish, seen, wallClockMilliseconds()).withContext("groups");
        });
}

} // namespace twinhull
