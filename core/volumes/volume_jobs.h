// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/volumes/volumes.h"

#include <memory>

namespace twinhull {

/// Volumes and what each takes on disk, in bytes.
struct MeasuredVolumes {
    std::vector<VolumeInfo> volumes;
    std::vector<std::uint64_t> bytes;
    Result<> limits = {}; ///< why no volume can have one, else success
};

/// What a person does with volumes, as jobs. GUI thread.

/// Those of these names, all where there are none; `into` is complete when the job succeeded. NotFound names one that
/// is not there.
std::unique_ptr<Job> readVolumesJob(
    const DataFolders& folders, const QStringList& names, std::shared_ptr<MeasuredVolumes> into);
std::unique_ptr<Job> createVolumeJob(
    const DataFolders& folders, const QString& name, std::optional<std::uint64_t> limitBytes = {});
std::unique_ptr<Job> removeVolumeJob(const DataFolders& folders, const QString& name);
std::unique_ptr<Job> exportVolumeJob(const DataFolders& folders, const QString& name, const QString& path);
std::unique_ptr<Job> importVolumeJob(const DataFolders& folders, const QString& name, const QString& path);

} // namespace twinhull
