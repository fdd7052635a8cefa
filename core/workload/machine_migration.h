// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_info.h"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

struct MigrationRequest {
    enum class Mode {
        Fitting, ///< live where it runs, else offline
        Live, ///< with its memory, while it runs
        Offline, ///< the definition of one that is off
    };
    enum class Disks { Shared, Copied };
    enum class Source { Undefined, Kept };

    Mode mode = Mode::Fitting;
    Disks disks = Disks::Shared;
    Source source = Source::Undefined;
    QString pool = {}; ///< of the destination, for copied disks; empty: "default", else the only one
    QString transferUri = {}; ///< "tcp://HOST": how the source reaches the destination; empty: libvirt knows
    std::uint64_t mebibytesPerSecond = 0; ///< at most; 0: as fast as it goes
};

/// What stands in the way, and what can be done about it; sentences.
struct MigrationObstacle {
    enum class Weight {
        Certain,
        Doubtful, ///< it may go well; told beforehand, and refused by nobody but the hosts themselves
    };

    QString sentence;
    QString nextStep;
    Weight weight = Weight::Certain;
};

/// Without what is doubtful.
inline std::vector<MigrationObstacle> certainOf(const std::vector<MigrationObstacle>& obstacles)
{
    std::vector<MigrationObstacle> certain;
    for (const MigrationObstacle& each : obstacles) {
        if (each.weight == MigrationObstacle::Weight::Certain)
            certain.push_back(each);
    }
    return certain;
}

struct MigrationOutcome {
    QString key; ///< of the workload that it is at the destination
    bool wasLive = false;
    /// Absent where libvirt did not tell, and of one that was off.
    std::optional<std::chrono::milliseconds> duration;
    std::optional<std::chrono::milliseconds> standstill; ///< how long the guest stood still
    QStringList leftFiles; ///< disks that were copied and are where they were, too
};

/// Moves machines from one connection to another. Jobs are handed out unstarted; both providers must outlive them.
class MachineMigration {
public:
    virtual ~MachineMigration() = default;

    /// Everything that is known to stand in the way, or may; succeeds with none where nothing is.
    virtual std::unique_ptr<Job> findObstacles(const WorkloadInfo& machine, MachineMigration& destination,
        const MigrationRequest& request, std::shared_ptr<std::vector<MigrationObstacle>> into)
        = 0;
    /// Fails with the certain obstacles. Whatever stops it, the machine is where and as it was, and nothing of it is at
    /// the destination.
    virtual std::unique_ptr<Job> migrate(const WorkloadInfo& machine, MachineMigration& destination,
        const MigrationRequest& request, std::shared_ptr<MigrationOutcome> outcome)
        = 0;
};

/// A provider whose machines can move to another; found by dynamic_cast.
class HasMachineMigration {
public:
    virtual ~HasMachineMigration() = default;

    virtual MachineMigration& migration() = 0;
};

} // namespace twinhull
