// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_bin.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/containers/container_events.h"
#include "core/containers/container_work.h"
#include "core/images/file_lock.h"
#include "core/images/partial_path.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace twinhull {

namespace {

constexpr const char* kRemovedNoteName = "/removed.json";
constexpr std::size_t kNoteLimitBytes = 4096;
constexpr int kNoteVersion = 1;

std::string removedNote(std::int64_t now)
{
    const auto until = now + std::chrono::duration_cast<std::chrono::milliseconds>(kBinRetention).count();
    const QJsonObject note{ { QStringLiteral("version"), kNoteVersion },
        { QStringLiteral("removedMilliseconds"), static_cast<double>(now) },
        { QStringLiteral("untilMilliseconds"), static_cast<double>(until) } };
    return QJsonDocument(note).toJson().toStdString();
}

/// A file that is not there, or is no such file, is nothing that could come later.
bool isOutOfReach(const Result<std::string>& read)
{
    return !read && read.error().sysErrno != 0 && read.error().sysErrno != ENOENT && read.error().sysErrno != ENOTDIR;
}

/// What has no note is over at once.
BinEntry entryAt(const std::string& path, std::string id)
{
    BinEntry entry{ std::move(id), {}, 0, 0, {} };
    const auto text = readFile(path + kRemovedNoteName, kNoteLimitBytes);
    const auto note = QJsonDocument::fromJson(text ? QByteArray::fromStdString(*text) : QByteArray()).object();
    entry.removedMilliseconds = static_cast<std::int64_t>(note[u"removedMilliseconds"].toDouble());
    entry.untilMilliseconds = static_cast<std::int64_t>(note[u"untilMilliseconds"].toDouble());
    const auto settings = readFile(path + "/" + kContainerSettingsName, kContainerSettingsLimitBytes);
    const auto read = settings ? decodeContainerSettings(*settings) : Result<ContainerSettings>(settings.error());
    entry.name = read ? read->name : entry.id;
    entry.imageDigest = read ? read->imageDigest : std::string();
    entry.isReadable = !isOutOfReach(text) && !isOutOfReach(settings);
    return entry;
}

} // namespace

Result<std::vector<BinEntry>> binEntries(const DataFolders& folders)
{
    std::vector<BinEntry> entries;
    std::error_code failure;
    for (std::filesystem::directory_iterator each(folders.bin(), failure), end; !failure && each != end;
         each.increment(failure)) {
        std::string id = each->path().filename().string();
        if (!id.starts_with('.') && !id.ends_with(".partial"))
            entries.push_back(entryAt(each->path().string(), std::move(id)));
    }
    if (failure && failure != std::errc::no_such_file_or_directory)
        return Error::fromErrno(failure.value(), "read the bin " + folders.bin());
    std::sort(entries.begin(), entries.end(),
        [](const auto& a, const auto& b) { return a.removedMilliseconds > b.removedMilliseconds; });
    return entries;
}

Result<> discardContainer(const DataFolders& folders, const ContainerFolder& folder, const ContainerPrograms& programs)
{
    if (!exists(folder.path()))
        return {};
    const auto settings = folder.readSettings();
    const auto ended = endContainer(folder, programs);
    if (!ended)
        return ended.error();
    if (auto made = makeFolders(folders.bin()); !made)
        return made;
    if (auto noted = writeFileAtomically(folder.path() + kRemovedNoteName, removedNote(wallClockMilliseconds()));
        !noted)
        return noted;
    if (::rename(folder.path().c_str(), (folders.bin() + "/" + folder.id()).c_str()) != 0)
        return Error::fromErrno(errno, "move " + folder.path() + " to the bin");
    if (settings)
        noteContainer(folders, *settings, "remove", { { "to", "bin" } });
    return removeTree(folder.runtimePath());
}

Result<> restoreContainer(const DataFolders& folders, const std::string& id)
{
    const auto entries = binEntries(folders);
    if (!entries)
        return entries.error();
    const auto found
        = std::find_if(entries->begin(), entries->end(), [&](const auto& entry) { return entry.id == id; });
    if (found == entries->end())
        return Error{ ErrorCode::NotFound, "the bin has no container " + id, 0, {} };
    const auto lock = FileLock::acquire(folders.containers() + "/.lock"); // names are unique among all programs
    if (!lock)
        return lock.error();
    if (auto free = checkNameFree(folders, found->name); !free)
        return free;
    const std::string path = ContainerFolder(folders, id).path();
    if (::rename((folders.bin() + "/" + id).c_str(), path.c_str()) != 0)
        return Error::fromErrno(errno, "bring back " + path);
    (void)::remove((path + kRemovedNoteName).c_str()); // written anew when it is removed again
    if (const auto settings = ContainerFolder(folders, id).readSettings())
        noteContainer(folders, *settings, "create", { { "from", "bin" } });
    return {};
}

Result<> removeFromBin(const DataFolders& folders, const std::string& id)
{
    const auto entries = binEntries(folders);
    if (!entries)
        return entries.error();
    if (std::none_of(entries->begin(), entries->end(), [&](const auto& entry) { return entry.id == id; }))
        return Error{ ErrorCode::NotFound, "the bin has no container " + id, 0, {} };
    const std::string path = folders.bin() + "/" + id;
    const std::string partial = partialPathFor(path); // from here on it is gone, whatever happens to us
    if (::rename(path.c_str(), partial.c_str()) != 0)
        return Error::fromErrno(errno, "remove " + path);
    return removeContainerTree(partial);
}

Result<> emptyBin(const DataFolders& folders, std::int64_t nowMilliseconds)
{
    for (const auto& path : stalePartials(folders.bin())) {
        if (auto removed = removeContainerTree(path); !removed)
            return removed;
    }
    const auto entries = binEntries(folders);
    if (!entries)
        return entries.error();
    for (const auto& entry : *entries) {
        if (!entry.isReadable || entry.untilMilliseconds > nowMilliseconds)
            continue;
        auto removed = removeFromBin(folders, entry.id);
        if (!removed && removed.error().code != ErrorCode::NotFound) // else another program was faster
            return removed;
    }
    return {};
}

} // namespace twinhull
