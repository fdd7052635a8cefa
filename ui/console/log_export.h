// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <memory>

namespace twinhull {

/// Writes a log as text to a file of the person's: all its files from the oldest on; of a container's records the time
/// and what was said, anything else as it is. The file appears when it is whole.
std::unique_ptr<Job> logExportJob(const QString& logPath, const QString& target);

} // namespace twinhull
