// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/kept_ids.h"
#include "core/jobs/thread_job.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// A named volume: a folder of ours that containers mount by its name, and that outlives them. Its files belong to the
/// containers' users.
struct VolumeInfo {
    QString name;
    QString path;
    QDateTime created;
    QStringList users; ///< containers that mount it, running or not, by name; those too that can be brought back
    std::optional<std::uint64_t> limitBytes = {}; ///< what the kernel lets it take
    std::optional<std::uint64_t> countedBytes = {}; ///< what it takes of that
    QString limitNeeds = {}; ///< why its limit is not known, where it has one; else empty
};

// All of it blocks: for worker threads and the command line.

/// 1 to 128 letters, digits, "_", "-" and ".", a letter or digit first.
Result<> checkVolumeName(const QString& name);

/// By name. A container whose settings cannot be read is an error: nobody can tell what it uses.
Result<std::vector<VolumeInfo>> listVolumes(const DataFolders& folders);
/// NotFound where there is none.
Result<VolumeInfo> findVolume(const DataFolders& folders, const QString& name);
/// Bytes on disk, in the order of the volumes.
Result<std::vector<std::uint64_t>> measureVolumes(
    const std::vector<VolumeInfo>& volumes, const std::function<bool()>& isCancelled);

constexpr std::uint64_t kLeastVolumeBytes = 64U << 10U;

/// Why no volume can have a limit here (core/base/project_quota.h); success where one can.
Result<> checkVolumeLimits(const DataFolders& folders);
/// AlreadyExists where it is there. With a limit all that it takes on the disk is at most that.
Result<> createVolume(const DataFolders& folders, const QString& name, std::optional<std::uint64_t> limitBytes = {});
/// Of the container that is being made.
struct VolumeUser {
    unsigned user = 0; ///< ids as inside
    unsigned group = 0;
    bool startsEmpty = false; ///< the volume is not to get what the image has at its target
    KeptIds kept = {}; ///< who the person is inside
};

/// For a container that is being made: makes the volume where it is missing, and gives one that nobody has used yet
/// (empty, still owned by whoever made it) to the container's user. A new volume gets what the image has at its target
/// when it is mounted for the first time, by hull (core/runtime/mounts/new_folder.h): a file ".NAME.new" beside it says
/// that it is new.
Result<> readyVolume(const std::string& volumesFolder, const std::string& name, const VolumeUser& user);
/// Busy while a container mounts it, running or not.
Result<> removeVolume(const DataFolders& folders, const QString& name);

/// Writes a tar of the volume, with owners, links, holes and attributes; AlreadyExists where something is at the path.
/// A file that grows or shrinks meanwhile is Busy. Progress is in bytes.
Result<> exportVolume(const DataFolders& folders, const QString& name, const std::string& path, JobContext& context);
/// Makes the volume of a tar, plain or packed. One that is there must be empty and mounted by no container that runs.
/// The archive is hostile: as an image's layer (core/images/layer_unpacker.h). All or nothing.
Result<> importVolume(const DataFolders& folders, const QString& name, const std::string& path, JobContext& context);

} // namespace twinhull
