// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_info.h"

#include <QByteArray>

#include <memory>

namespace twinhull {

struct CloneRequest {
    enum class Disks {
        Full, ///< copies, on which nothing else depends
        Linked, ///< layers above those of the first, which goes on in layers of its own and keeps a snapshot for them
    };

    QString name;
    Disks disks = Disks::Full;
};

/// Other names of machines, others like them, and pictures of their screens. Jobs are handed out unstarted.
class MachineCopies {
public:
    virtual ~MachineCopies() = default;

    /// Of one that is off and has no snapshots, which libvirt keeps by the name.
    virtual std::unique_ptr<Job> rename(const WorkloadInfo& machine, const QString& name) = 0;
    /// With a UUID and network addresses of its own, and its firmware's variables. A full one of a machine that is off.
    virtual std::unique_ptr<Job> clone(const WorkloadInfo& machine, const CloneRequest& request) = 0;
    /// A PNG of the first screen of one that runs.
    virtual std::unique_ptr<Job> screenshot(const WorkloadInfo& machine, std::shared_ptr<QByteArray> png) = 0;
};

/// A provider whose workloads are machines that can be copied; found by dynamic_cast.
class HasMachineCopies {
public:
    virtual ~HasMachineCopies() = default;

    virtual MachineCopies& copies() = 0;
};

} // namespace twinhull
