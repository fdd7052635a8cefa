// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_id.h"

#include <QStringList>

#include <memory>

namespace twinhull {

/// An image of a workload and what it wrote; podman's words.
struct CommitRequest {
    QString reference; ///< as a person writes it, "team/web:2"; empty: the image has no name
    QStringList instructions; ///< "CMD …", "ENV A=1"
    QString message; ///< for its history
    QString author;
    bool isPaused = true; ///< frozen meanwhile where it runs and can be, so that no file changes while it is read
};

/// A provider whose workloads can be made into images; found by dynamic_cast.
class WorkloadCommit {
public:
    virtual ~WorkloadCommit() = default;

    /// `made` becomes the digest of the image. All or nothing; what was frozen goes on in any case.
    virtual std::unique_ptr<Job> commit(
        const WorkloadId& id, const CommitRequest& request, std::shared_ptr<QString> made)
        = 0;
};

} // namespace twinhull
