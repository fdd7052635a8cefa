// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_info.h"

#include <QStringList>

#include <memory>
#include <vector>

namespace twinhull {

/// A right that whoever a machine runs as lacks to come to one of its files.
struct AccessObstacle {
    QString role; ///< of the file, as a person reads it: "disk vda"
    QString file;
    QString place; ///< the file itself, or a folder on the way to it
    QString sentence; ///< who may not do what with the place, and whose that is
    QString command; ///< what gives the right
    bool isSafe = false; ///< the right to pass through one of the person's own folders, at home
};

/// Whether machines come to their files. Jobs are handed out unstarted; `into` is written before they end.
class MachineAccess {
public:
    virtual ~MachineAccess() = default;

    /// Each place once, from the top down. Unsupported where nobody can tell: on another computer, of no QEMU.
    virtual std::unique_ptr<Job> readObstacles(
        const WorkloadInfo& machine, std::shared_ptr<std::vector<AccessObstacle>> into)
        = 0;
    /// Lets whom the machine runs as, and nobody else, pass through these folders: by access lists, and only where that
    /// is safe. Others keep their rights.
    virtual std::unique_ptr<Job> letThrough(const WorkloadInfo& machine, const QStringList& folders) = 0;
};

/// A provider whose machines run as somebody; found by dynamic_cast.
class HasMachineAccess {
public:
    virtual ~HasMachineAccess() = default;

    virtual MachineAccess& access() = 0;
};

} // namespace twinhull
