// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_id.h"

#include <memory>
#include <string>
#include <vector>

namespace twinhull {

/// What a workload made of a file of its image.
struct FileDifference {
    enum class Kind { Added, Changed, Removed };

    Kind kind = Kind::Added;
    std::string path; ///< absolute, inside; any bytes but NUL: a stranger's
};

/// A provider that can tell how its workloads differ from their images, running or not; found by dynamic_cast.
class ImageDifference {
public:
    virtual ~ImageDifference() = default;

    /// `into` is complete when the job succeeded. Of a removed folder only itself is told.
    virtual std::unique_ptr<Job> findDifferences(
        const WorkloadId& id, std::shared_ptr<std::vector<FileDifference>> into)
        = 0;
};

} // namespace twinhull
