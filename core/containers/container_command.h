// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/subprocess.h"
#include "core/jobs/thread_job.h"
#include "core/workload/command_runner.h"

namespace twinhull {

/// CommandRunner::runInside() for the container `key`; `exec` begins as ContainerProvider::execCommand(). Blocks:
/// worker threads only.
Result<> runInContainer(Command exec, const std::string& key, const InsideCommand& command, const JobContext& context,
    CommandOutcome& outcome);

/// The same with streams; returns the command's exit status.
Result<int> streamInContainer(
    Command exec, const std::string& key, const InsideCommand& command, const InsideStreams& streams);

/// The same for a program of ours as root in the files of one that does not run; `visit` is hull. Busy where it was
/// started meanwhile, or would change what a checkpoint counts on; a start waits for the end of this.
Result<int> streamInFiles(
    Command visit, const std::string& containerFolder, const InsideCommand& command, const InsideStreams& streams);

} // namespace twinhull
