// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_plan.h"

#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

enum class StopMode {
    Graceful, ///< SIGTERM, then by force after a time; a VM without our agent: its own agent, its power button; never
              ///< by force
    Force, ///< at once
};

/// A limitation of this computer in plain words: "no hardware virtualization: VMs are emulated", and what it means and
/// what to do about it.
struct HostNotice {
    QString title;
    QString explanation;

    friend bool operator==(const HostNotice&, const HostNotice&) = default;
};

/// One back end that has workloads. Lives on the GUI thread and never blocks it: what takes time is a Job, what it
/// learns comes by signal. Jobs are handed out unstarted; submit them to a JobQueue. A provider outlives its jobs.
class WorkloadProvider : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    virtual WorkloadKind kind() const = 0;
    virtual std::vector<WorkloadInfo> workloads() const = 0; ///< what is known now; never blocks
    /// The one of workloads(); a provider of many need not make all for it.
    virtual std::optional<WorkloadInfo> find(const WorkloadId& id) const
    {
        for (auto& info : workloads()) {
            if (info.id == id)
                return std::move(info);
        }
        return std::nullopt;
    }

    /// Why nothing can be started now (no libvirtd, no subordinate ids), as an error with a hint; success when all is
    /// well.
    virtual Result<> availability() const = 0;
    /// What works, but less well than it could; told again by availabilityChanged().
    virtual std::vector<HostNotice> notices() const = 0;

    /// Succeeds when the workload is in workloads(). The id of what it made is told by `added`, and found again by its
    /// name.
    virtual std::unique_ptr<Job> create(const WorkloadPlan& plan) = 0;
    /// Succeeds when the entrypoint runs (guests without an agent: when the VM runs).
    virtual std::unique_ptr<Job> start(const WorkloadId& id) = 0;
    virtual std::unique_ptr<Job> stop(const WorkloadId& id, StopMode mode) = 0;
    virtual std::unique_ptr<Job> pause(const WorkloadId& id) = 0;
    virtual std::unique_ptr<Job> resume(const WorkloadId& id) = 0;
    /// Stops it by force first when it runs.
    virtual std::unique_ptr<Job> remove(const WorkloadId& id) = 0;
    /// Bytes on disk that exist because of this workload (writable layer, overlay, seed), and of the image parts shared
    /// with others. Blocks: worker threads only; thread-safe.
    struct DiskUse {
        std::uint64_t ownBytes = 0;
        std::uint64_t sharedImageBytes = 0;
    };
    virtual Result<DiskUse> diskUse(const WorkloadId& id) const = 0;

Q_SIGNALS:
    void added(const twinhull::WorkloadInfo& info);
    void changed(const twinhull::WorkloadInfo& info);
    void removed(const twinhull::WorkloadId& id);
    void availabilityChanged();
};

} // namespace twinhull
