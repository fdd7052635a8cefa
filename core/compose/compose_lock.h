// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/jobs/sequential_job.h"

namespace twinhull {

/// Makes it a step of the job that no other job starts this project, in whatever program, until the job has ended: the
/// later one is refused (Busy), before it has done anything of what comes after. The kernel gives the lock back where
/// the program dies.
void addProjectLock(SequentialJob& job, const DataFolders& folders, const QString& project);

} // namespace twinhull
