// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_id.h"

#include <QDateTime>

#include <memory>
#include <vector>

namespace twinhull {

/// A workload that was removed and can still be brought back (WorkloadBin::restore()).
struct BinnedWorkload {
    WorkloadId id;
    QString name;
    QDateTime removedAt;
    QDateTime until; ///< then it goes for good; invalid: not by itself
    QString imageDigest = {}; ///< of the image that it needs to come back; empty: none
    bool isReadable = true; ///< else the times are invalid and the image is not known
};

/// A provider that keeps what was removed for a while; found by dynamic_cast.
class WorkloadBin {
public:
    virtual ~WorkloadBin() = default;

    /// As WorkloadProvider::remove(), but it can be brought back for a week. Unsupported, with nothing changed, where
    /// not all of it can be kept.
    virtual std::unique_ptr<Job> discard(const WorkloadId& id) = 0;
    /// Brings it back, stopped, with all that it had written.
    virtual std::unique_ptr<Job> restore(const WorkloadId& id) = 0;
    /// Those that can be brought back, the latest first.
    virtual std::unique_ptr<Job> listBin(std::shared_ptr<std::vector<BinnedWorkload>> found) = 0;
    /// For good, with all that it had written. NotFound where the bin has no such.
    virtual std::unique_ptr<Job> removeForGood(const WorkloadId& id) = 0;
};

} // namespace twinhull
