// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/vm_bin_record.h"

#include "core/base/files.h"
#include "core/vms/disks/vm_orphans.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace twinhull {

namespace {

constexpr std::size_t kRecordLimitBytes = 64U << 20U;
constexpr int kRecordVersion = 1;
constexpr std::array kPhaseNames{ "leaving", "kept", "coming", "going" }; // as BinPhase

std::string recordPath(const VmFolder& folder)
{
    return folder.binRecordPath().toStdString();
}

std::optional<BinPhase> phaseNamed(const QString& name)
{
    for (std::size_t i = 0; i < kPhaseNames.size(); ++i) {
        if (name == QLatin1String(kPhaseNames[i]))
            return static_cast<BinPhase>(i);
    }
    return std::nullopt;
}

} // namespace

Result<> writeBinRecord(const VmFolder& folder, const VmBinRecord& record)
{
    QJsonArray snapshots;
    for (const KeptSnapshot& snapshot : record.snapshots)
        snapshots.append(QJsonObject{ { QStringLiteral("xml"), QString::fromUtf8(snapshot.xml) },
            { QStringLiteral("current"), snapshot.isCurrent } });
    const QJsonObject json{
        { QStringLiteral("version"), kRecordVersion },
        { QStringLiteral("name"), record.name },
        { QStringLiteral("phase"), QLatin1String(kPhaseNames[static_cast<std::size_t>(record.phase)]) },
        { QStringLiteral("removed_ms"), static_cast<qint64>(record.removedMilliseconds) },
        { QStringLiteral("until_ms"), static_cast<qint64>(record.untilMilliseconds) },
        { QStringLiteral("autostart"), record.startsByItself },
        { QStringLiteral("definition"), QString::fromUtf8(record.definition) },
        { QStringLiteral("nvram"), record.nvramPath },
        { QStringLiteral("snapshots"), snapshots },
    };
    const std::string text = QJsonDocument(json).toJson().toStdString();
    if (text.size() > kRecordLimitBytes) // it could not be read again
        return Error{ ErrorCode::Unsupported, "what is known of its snapshots is above 64 MiB", 0, {} };
    return writeFileAtomically(recordPath(folder), text);
}

Result<VmBinRecord> readBinRecord(const VmFolder& folder)
{
    const auto text = readFile(recordPath(folder), kRecordLimitBytes);
    if (!text)
        return text.error();
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    VmBinRecord record;
    record.name = json[u"name"].toString();
    record.removedMilliseconds = json[u"removed_ms"].toInteger();
    record.untilMilliseconds = json[u"until_ms"].toInteger();
    record.startsByItself = json[u"autostart"].toBool();
    record.definition = json[u"definition"].toString().toUtf8();
    record.nvramPath = json[u"nvram"].toString();
    for (const auto& each : json[u"snapshots"].toArray())
        record.snapshots.push_back({ each[u"xml"].toString().toUtf8(), each[u"current"].toBool() });
    const auto phase = phaseNamed(json[u"phase"].toString());
    const bool hasTimes = record.removedMilliseconds > 0 && record.untilMilliseconds > record.removedMilliseconds;
    if (json[u"version"].toInt() != kRecordVersion || !phase || !hasTimes || record.name.isEmpty()
        || record.definition.isEmpty())
        return Error{ ErrorCode::Corrupt, recordPath(folder) + " is not what was kept of a VM", 0,
            "Its disks are beside that file: make a VM of them with twinhullctl vm import" };
    record.phase = *phase;
    return record;
}

Result<> removeBinRecord(const VmFolder& folder)
{
    const QDir inside(folder.path());
    const QString partials = QFileInfo(folder.binRecordPath()).fileName() + QStringLiteral(".*.partial");
    for (const QString& name : inside.entryList({ partials }, QDir::Files | QDir::Hidden | QDir::System))
        (void)removeTree(inside.filePath(name).toStdString()); // the next time
    if (auto gone = removeTree(recordPath(folder)); !gone)
        return gone;
    const std::string path = folder.path().toStdString();
    const auto opened = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened)
        return opened.error();
    return ::fsync(opened->fd()) == 0 ? Result<>() : Result<>(Error::fromErrno(errno, "fsync " + path));
}

Result<std::vector<BinFolder>> binFoldersOf(const VmToolbox& tools, BinReach reach)
{
    std::vector<BinFolder> found;
    std::error_code failure;
    std::error_code unknown; // then it is looked into
    const std::string vms = tools.folders.vms();
    for (std::filesystem::directory_iterator each(vms, failure), end; !failure && each != end;
         each.increment(failure)) {
        const QString key = QString::fromStdString(each->path().filename().string());
        const QString bare = withoutConnection(key);
        const bool isReached = reach == BinReach::Libvirt || key == tools.keyOf(bare);
        if (QUuid::fromString(bare).isNull() || !isReached || each->is_symlink(unknown))
            continue;
        const VmFolder folder(tools.folders, key);
        auto record = readBinRecord(folder);
        const bool isThere = record || (record.error().sysErrno != ENOENT && record.error().sysErrno != ENOTDIR);
        if (isThere && mayBeVmFolderOf(folder, tools.uri))
            found.push_back({ key, folder, std::move(record) });
    }
    if (failure && failure != std::errc::no_such_file_or_directory)
        return Error::fromErrno(failure.value(), "look into the folders of the VMs, " + vms);
    return found;
}

} // namespace twinhull
