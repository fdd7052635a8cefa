// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_work.h"

#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/subprocess.h"
#include "core/containers/container_events.h"
#include "core/images/file_lock.h"
#include "core/images/partial_path.h"
#include "core/images/worker_client.h"
#include "core/ipc/container_lock.h"

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kHullDeadline = 30s;
constexpr auto kMonitorPatience = std::chrono::seconds(5); ///< from the end of a container to its monitor's

/// Those that are made with it.
std::vector<std::string> missingVolumes(const DataFolders& folders, const ContainerSettings& settings)
{
    std::vector<std::string> names;
    for (const auto& mount : settings.mounts) {
        if (!mount.source.starts_with('/') && !exists(folders.volumes() + "/" + mount.source))
            names.push_back(mount.source);
    }
    return names;
}

} // namespace

Result<> checkNameFree(const DataFolders& folders, const std::string& name)
{
    for (const auto& id : containerIds(folders)) {
        const auto other = ContainerFolder(folders, id).readSettingsIfNamed({ name });
        if (other && *other && (*other)->name == name) // its id may begin so
            return Error{ ErrorCode::AlreadyExists, "a container named \"" + name + "\" exists already", EEXIST,
                "Choose another name, or remove that container" };
    }
    return {};
}

Result<> makeContainer(const DataFolders& folders, const BundleSource& source)
{
    if (auto made = makeFolders(folders.containers()); !made)
        return made;
    const auto lock = FileLock::acquire(folders.containers() + "/.lock"); // names are unique among all programs
    if (!lock)
        return lock.error();
    if (auto free = checkNameFree(folders, source.settings.name); !free)
        return free;
    const ContainerFolder folder(folders, source.settings.id);
    const auto newVolumes = missingVolumes(folders, source.settings);
    PartialGuard partial(partialPathFor(folder.path()));
    if (auto made = makeFolders(partial.path()); !made)
        return made;
    if (auto written = writeBundle(source, partial.path(), folder.path()); !written)
        return written;
    auto written
        = writeFileAtomically(partial.path() + "/" + kContainerSettingsName, encodeContainerSettings(source.settings));
    if (!written)
        return written;
    if (::rename(partial.path().c_str(), folder.path().c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + folder.path());
    partial.keep();
    for (const auto& name : newVolumes)
        noteEvent(folders.events(), { 0, "volume", "create", {}, name });
    noteContainer(folders, source.settings, "create");
    return {};
}

Result<> removeContainerTree(const std::string& path)
{
    return ::geteuid() == 0 ? removeTree(path) : runImageWorker({ "remove", path }, {});
}

Result<UniqueFd> endContainer(const ContainerFolder& folder, const ContainerPrograms& programs)
{
    auto lock = lockContainerWithin(folder.path(), kMonitorPatience);
    if (!lock)
        return lock;
    const std::string state = folder.runtimePath() + "/hull";
    if (exists(state + "/" + folder.id())) {
        auto ended = runChecked(
            { { programs.hull, "--root", state, "delete", "--force", folder.id() }, {}, {} }, kHullDeadline);
        if (!ended)
            return std::move(ended).error();
    }
    return lock;
}

Result<> removeContainer(const DataFolders& folders, const ContainerFolder& folder, const ContainerPrograms& programs)
{
    if (!exists(folder.path()))
        return {};
    const auto settings = folder.readSettings();
    const auto ended = endContainer(folder, programs);
    if (!ended)
        return ended.error();
    const std::string partial = partialPathFor(folder.path()); // from here on it is gone, whatever happens to us
    if (::rename(folder.path().c_str(), partial.c_str()) != 0)
        return Error::fromErrno(errno, "remove " + folder.path());
    auto removed = removeTree(folder.runtimePath());
    if (removed)
        removed = removeContainerTree(partial);
    if (settings) // now there is room for it, where there was none
        noteContainer(folders, *settings, "remove");
    return removed;
}

void removeStaleContainers(const DataFolders& folders)
{
    for (const auto& path : stalePartials(folders.containers())) {
        if (auto removed = removeContainerTree(path); !removed)
            log(LogLevel::Warning, removed.error());
    }
}

} // namespace twinhull
