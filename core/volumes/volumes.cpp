// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/volumes/volumes.h"

#include "core/base/files.h"
#include "core/base/project_quota.h"
#include "core/base/text.h"
#include "core/ipc/event_journal.h"
#include "core/images/file_lock.h"
#include "core/images/partial_path.h"
#include "core/images/worker_client.h"
#include "core/volumes/container_users.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace twinhull {

namespace {

std::vector<std::string> volumesIn(const ContainerSettings& settings)
{
    std::vector<std::string> names;
    for (const auto& mount : settings.mounts) {
        if (!mount.source.starts_with('/'))
            names.push_back(mount.source);
    }
    return names;
}

/// Held, nobody else makes or removes one: what dead processes left goes.
Result<FileLock> lockVolumes(const DataFolders& folders)
{
    if (auto made = makeFolders(folders.volumes()); !made)
        return std::move(made).error();
    auto lock = FileLock::acquire(folders.volumes() + "/.lock");
    if (lock && !stalePartials(folders.volumes()).empty())
        (void)runImageWorker({ "clean", folders.volumes() }, {}); // in nobody's way; tried again the next time
    return lock;
}

std::string newMarkOf(const std::string& volumesFolder, const std::string& name)
{
    return volumesFolder + "/." + name + ".new";
}

/// The mark first: a volume without one is not new.
Result<> makeVolume(const std::string& volumesFolder, const std::string& name)
{
    if (exists(volumesFolder + "/" + name))
        return {};
    auto marked = makeFolders(volumesFolder);
    if (marked)
        marked = writeFileAtomically(newMarkOf(volumesFolder, name), {});
    return marked ? makeFolders(volumesFolder + "/" + name, 0755) : marked;
}

Result<UniqueFd> openFolder(const std::string& path)
{
    return openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/// It has its limit before it has its name.
Result<> makeLimitedVolume(const std::string& volumesFolder, const std::string& name, std::uint64_t limitBytes)
{
    const std::string path = volumesFolder + "/" + name;
    const std::string partial = partialPathFor(path);
    auto made = makeFolders(partial, 0755);
    auto folder = made ? openFolder(partial) : Result<UniqueFd>(std::move(made).error());
    auto done = folder ? limitFolder(*folder, limitBytes) : Result<>(folder.error());
    if (done)
        done = writeFileAtomically(newMarkOf(volumesFolder, name), {});
    if (done && std::rename(partial.c_str(), path.c_str()) != 0)
        done = Error::fromErrno(errno, "rename to " + path);
    if (done)
        return done;
    if (folder)
        (void)forgetProject(*folder, projectOf(*folder)); // the first error is the one to tell
    (void)::unlink(newMarkOf(volumesFolder, name).c_str());
    (void)::rmdir(partial.c_str());
    return done;
}

void readLimit(VolumeInfo& volume)
{
    const auto folder = openFolder(volume.path.toStdString());
    if (!folder) {
        if (folder.error().sysErrno != ENOENT) // else it went just now
            volume.limitNeeds = QStringLiteral("needs root, who may open it");
        return;
    }
    const auto limit = limitOf(*folder);
    if (!limit) {
        volume.limitNeeds = QStringLiteral("needs root and the mount option prjquota");
    } else if (*limit) {
        volume.limitBytes = (*limit)->limitBytes;
        volume.countedBytes = (*limit)->usedBytes;
    }
}

std::string pathOf(const DataFolders& folders, const QString& name)
{
    return folders.volumes() + "/" + name.toStdString();
}

WorkerObserver observerOf(JobContext& context)
{
    WorkerObserver observer;
    observer.isCancelled = [&context] { return context.isCancelled(); };
    observer.progress = [&context](std::uint64_t done, std::uint64_t total) {
        context.setProgress(static_cast<qint64>(done), static_cast<qint64>(total));
    };
    return observer;
}

/// Whether a volume of that name may be made of an archive: it is not there, or it is empty and nobody is in it.
Result<> checkFree(const DataFolders& folders, const QString& name)
{
    const std::string path = pathOf(folders, name);
    if (!exists(path))
        return {};
    auto users = findContainerUsers(folders, &volumesIn);
    if (!users)
        return std::move(users).error();
    if (const auto running = users->running.find(name.toStdString()); running != users->running.end())
        return Error{ ErrorCode::Busy,
            "volume " + name.toStdString() + " is in use by "
                + running->second.join(QStringLiteral(", ")).toStdString(),
            0, "Stop that first, or import under another name." };
    std::error_code failure; // of a folder that only its owner may list: then it is not empty
    if (std::filesystem::is_empty(path, failure) && !failure)
        return {};
    return Error{ ErrorCode::AlreadyExists, "volume " + name.toStdString() + " is there and not empty", EEXIST,
        "Import under another name, or remove it first." };
}

} // namespace

Result<> checkVolumeName(const QString& name)
{
    static const QRegularExpression pattern(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\\z"));
    if (pattern.match(name).hasMatch() && !name.endsWith(QLatin1String(".partial")))
        return {};
    return Error{ ErrorCode::InvalidArgument, "volume name \"" + name.toStdString() + "\" cannot be used", 0,
        "Use up to 128 letters, digits, \"_\", \"-\" and \".\", a letter or digit first." };
}

Result<std::vector<VolumeInfo>> listVolumes(const DataFolders& folders)
{
    auto users = findContainerUsers(folders, &volumesIn);
    if (!users)
        return std::move(users).error();
    std::vector<VolumeInfo> volumes;
    const QDir folder(QString::fromStdString(folders.volumes()));
    for (const QFileInfo& entry : folder.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
        if (!checkVolumeName(entry.fileName()))
            continue; // half made, or nothing of ours
        const auto created = entry.birthTime();
        volumes.push_back({ entry.fileName(), entry.absoluteFilePath(),
            created.isValid() ? created : entry.lastModified(), users->all[entry.fileName().toStdString()] });
        readLimit(volumes.back());
    }
    return volumes;
}

Result<VolumeInfo> findVolume(const DataFolders& folders, const QString& name)
{
    auto volumes = listVolumes(folders);
    if (!volumes)
        return std::move(volumes).error();
    for (auto& volume : *volumes) {
        if (volume.name == name)
            return std::move(volume);
    }
    return Error{ ErrorCode::NotFound, "there is no volume \"" + name.toStdString() + "\"", ENOENT,
        "See what there is with: twinhullctl volume list" };
}

Result<std::vector<std::uint64_t>> measureVolumes(
    const std::vector<VolumeInfo>& volumes, const std::function<bool()>& isCancelled)
{
    std::vector<std::uint64_t> sizes;
    if (volumes.empty())
        return sizes;
    std::vector<std::string> arguments{ "measure" };
    for (const auto& volume : volumes)
        arguments.push_back(volume.path.toStdString());
    WorkerObserver observer;
    observer.isCancelled = isCancelled;
    observer.sizes = &sizes;
    if (auto measured = runImageWorker(arguments, observer); !measured)
        return std::move(measured).error().withContext("measure volumes");
    sizes.resize(volumes.size());
    return sizes;
}

Result<> checkVolumeLimits(const DataFolders& folders)
{
    if (auto made = makeFolders(folders.volumes()); !made)
        return made;
    const auto folder = openFolder(folders.volumes());
    return folder ? checkLimitsOf(*folder) : Result<>(folder.error());
}

Result<> createVolume(const DataFolders& folders, const QString& name, std::optional<std::uint64_t> limitBytes)
{
    if (auto named = checkVolumeName(name); !named)
        return named;
    if (limitBytes && *limitBytes < kLeastVolumeBytes)
        return Error{ ErrorCode::InvalidArgument, "a size of " + formatBytes(*limitBytes) + " is too small", 0,
            "Give a volume at least " + formatBytes(kLeastVolumeBytes) + "." };
    auto lock = lockVolumes(folders);
    if (!lock)
        return std::move(lock).error();
    const std::string path = pathOf(folders, name);
    if (exists(path))
        return Error{ ErrorCode::AlreadyExists, "there is a volume \"" + name.toStdString() + "\" already", EEXIST,
            "Choose another name." };
    auto made = limitBytes ? makeLimitedVolume(folders.volumes(), name.toStdString(), *limitBytes)
                           : makeVolume(folders.volumes(), name.toStdString());
    if (made)
        noteEvent(folders.events(), { 0, "volume", "create", {}, name.toStdString() });
    return std::move(made).withContext("create volume");
}

Result<> readyVolume(const std::string& volumesFolder, const std::string& name, const VolumeUser& user)
{
    const std::string path = volumesFolder + "/" + name;
    if (auto made = makeVolume(volumesFolder, name); !made)
        return made;
    if (user.startsEmpty)
        (void)::unlink(newMarkOf(volumesFolder, name).c_str()); // most have none
    if (user.user == user.kept.user && user.group == user.kept.group)
        return {}; // who made it
    struct stat info { };
    std::error_code failure; // of a folder that only its owner may list: then it is not new
    if (::stat(path.c_str(), &info) != 0 || info.st_uid != ::geteuid() || !std::filesystem::is_empty(path, failure)
        || failure)
        return {};
    return runImageWorker(
        workerWords(user.kept, { "own", std::to_string(user.user), std::to_string(user.group), path }), {})
        .withContext("volume " + name);
}

Result<> removeVolume(const DataFolders& folders, const QString& name)
{
    auto lock = lockVolumes(folders);
    if (!lock)
        return std::move(lock).error();
    auto volume = findVolume(folders, name);
    if (!volume)
        return std::move(volume).error();
    if (!volume->users.isEmpty())
        return Error{ ErrorCode::Busy,
            "volume " + name.toStdString() + " is used by " + volume->users.join(QStringLiteral(", ")).toStdString(), 0,
            "Remove that first with: twinhullctl remove " + volume->users.front().toStdString() };
    const std::string path = pathOf(folders, name);
    const auto folder = openFolder(path);
    const std::uint32_t project = folder ? projectOf(*folder) : 0;
    const std::string partial = partialPathFor(path); // from here on it is gone, whatever happens to us
    if (std::rename(path.c_str(), partial.c_str()) != 0)
        return Error::fromErrno(errno, "remove volume " + name.toStdString());
    noteEvent(folders.events(), { 0, "volume", "remove", {}, name.toStdString() });
    (void)::unlink(newMarkOf(folders.volumes(), name.toStdString()).c_str()); // one that was mounted has none
    auto removed = runImageWorker({ "remove", partial, path + ".new.partial" }, {}).withContext("remove volume");
    if (const auto place = openFolder(folders.volumes()); removed && place)
        (void)forgetProject(*place, project); // a number that stays taken is not missed
    return removed;
}

Result<> exportVolume(const DataFolders& folders, const QString& name, const std::string& path, JobContext& context)
{
    auto volume = findVolume(folders, name);
    if (!volume)
        return std::move(volume).error();
    const std::string target = std::filesystem::absolute(path).lexically_normal().string();
    if (exists(target))
        return Error{ ErrorCode::AlreadyExists, target + " is there already", EEXIST,
            "Choose another name, or remove it first." };
    PartialGuard partial(partialPathFor(target));
    auto packed = runImageWorker({ "pack", volume->path.toStdString(), partial.path() }, observerOf(context));
    if (!packed)
        return std::move(packed).error().withContext("export volume");
    if (::renameat2(AT_FDCWD, partial.path().c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0)
        return Error::fromErrno(errno, "export volume: rename to " + target);
    partial.keep();
    return {};
}

Result<> importVolume(const DataFolders& folders, const QString& name, const std::string& path, JobContext& context)
{
    if (auto named = checkVolumeName(name); !named)
        return named;
    auto lock = lockVolumes(folders);
    if (!lock)
        return std::move(lock).error();
    if (auto free = checkFree(folders, name); !free)
        return free;
    const std::string file = std::filesystem::absolute(path).string();
    auto made = runImageWorker({ "restore", pathOf(folders, name), file }, observerOf(context));
    if (!made)
        (void)runImageWorker({ "clean", folders.volumes() }, {}); // the first error is the one to tell
    return std::move(made).withContext("import volume");
}

} // namespace twinhull
