// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/carry/tree_unpacker.h"
#include "core/jobs/job.h"
#include "core/workload/command_runner.h"

#include <memory>
#include <string>

class QThreadPool;

namespace twinhull {

/// A copy between a running workload, or a container that is stopped, and this computer, by a program of ours that is
/// run inside as its root: a path inside is resolved there, so no link leads out of the workload. What comes out is a
/// stranger's word: see core/carry/tree_unpacker.h.
struct CopyRequest {
    std::string workloadName; ///< for messages
    std::string source;
    std::string target;
    CarriedOwner owner = CarriedOwner::Ours;
    bool followsLink = false; ///< of the source itself
    /// Takes the place of the path on this computer: tar is read from or written to it; it stays open. -1: none.
    int tarDescriptor = -1;
};

/// What was copied, once the job has ended.
struct CopyOutcome {
    std::uint64_t bytes = 0; ///< of files' contents, holes not counted
    std::uint64_t entries = 0;
    std::uint64_t leftOut = 0; ///< devices, sockets, FIFOs
    std::string firstLeftOut; ///< by name
};

/// `run` is CommandRunner::prepareInside() of carrierCommand() for the same request and direction.
std::unique_ptr<Job> copyOutJob(CopyRequest request, InsideRun run, std::shared_ptr<CopyOutcome> outcome);
std::unique_ptr<Job> copyInJob(CopyRequest request, InsideRun run, std::shared_ptr<CopyOutcome> outcome);

/// Where jobs wait for workloads that may take hours: nothing else waits behind them.
QThreadPool* copyPool();

enum class CopyDirection { Out, In };
/// NotFound: file-carrier is not installed.
Result<InsideCommand> carrierCommand(const CopyRequest& request, CopyDirection direction);

/// The name that a copy gets in a folder that is there: the last of the path; empty for "/", "." and what ends in "/.",
/// whose content is meant.
std::string carriedNameOf(const std::string& path);

} // namespace twinhull
