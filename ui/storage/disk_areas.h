// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/result.h"
#include "core/jobs/job.h"

#include <QString>

#include <memory>
#include <vector>

namespace twinhull {

/// One of the program's folders and what it takes on disk.
struct DiskArea {
    QString title; ///< "Images"
    QString meaning; ///< what rests there, in a few words
    QString path;
    Result<std::uint64_t> bytes = std::uint64_t{ 0 }; ///< allocated; 0 where there is no such folder
};

/// Folders without their sizes.
std::vector<DiskArea> diskAreas(const DataFolders& folders);

/// Reads the sizes on a worker thread; `areas` is complete when the job succeeded.
std::unique_ptr<Job> readDiskAreas(const std::shared_ptr<std::vector<DiskArea>>& areas);

} // namespace twinhull
