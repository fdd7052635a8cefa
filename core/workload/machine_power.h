// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_info.h"

#include <memory>

namespace twinhull {

/// What a saved memory needs of the disks.
enum class SavedDisks {
    Unchanged, ///< refused where one was written since, as far as it can be told
    AsTheyAre, ///< the person knows that they are as they were
};

/// What a machine can be told beside start, stop and pause. Jobs are handed out unstarted.
class MachinePower {
public:
    virtual ~MachinePower() = default;

    /// Asks the system inside to start again; succeeds when it was asked, which a guest without a system ignores.
    virtual std::unique_ptr<Job> reboot(const WorkloadId& id) = 0;
    /// As the button on the case: at once, and what the guest had not written is lost.
    virtual std::unique_ptr<Job> reset(const WorkloadId& id) = 0;
    /// Writes its memory to a file of libvirt's and switches it off; its next start goes on from there. With progress;
    /// cancelled, it runs on.
    virtual std::unique_ptr<Job> save(const WorkloadId& id) = 0;
    /// The same into a new file of this computer, which restoreFrom() reads; nothing of it is left where that fails.
    virtual std::unique_ptr<Job> saveTo(const WorkloadId&, const QString&) { return nullptr; }
    /// The machine that such a file is of goes on; it must be defined and off. The file stays. With progress;
    /// cancelled, it is off. Refused where it is of another than `id`; whose key may be empty: of whichever.
    virtual std::unique_ptr<Job> restoreFrom(const WorkloadId& /*id*/, const QString& /*path*/, SavedDisks /*disks*/)
    {
        return nullptr;
    }
    /// Throws a saved memory away: the next start is one from the beginning.
    virtual std::unique_ptr<Job> discardSaved(const WorkloadId& id) = 0;
    /// Whether it starts with libvirt's daemon, which is with the computer, or with the person's login.
    virtual std::unique_ptr<Job> readAutostart(const WorkloadId& id, std::shared_ptr<bool> into) = 0;
    virtual std::unique_ptr<Job> setAutostart(const WorkloadId& id, bool isOn) = 0;
    /// Keys pressed together, by the names of keyNames(): "ctrl", "alt", "delete".
    virtual std::unique_ptr<Job> sendKeys(const WorkloadId& id, const QStringList& keys) = 0;
    virtual QStringList keyNames() const = 0;
    /// Whether an installer is kept that was started and has not come to its end, as far as is known. Never blocks.
    virtual bool hasInstaller(const WorkloadId&) const { return false; }
    /// The next start runs that installer again; changes nothing else. NotFound where none is kept.
    virtual std::unique_ptr<Job> renewInstaller(const WorkloadId&) { return nullptr; }
};

/// A provider whose workloads are machines; found by dynamic_cast.
class HasMachinePower {
public:
    virtual ~HasMachinePower() = default;

    virtual MachinePower& power() = 0;
};

} // namespace twinhull
