// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/byte_source.h"
#include "core/jobs/thread_job.h"

#include <string>

namespace twinhull {

/// Cancelled once the job is.
Result<> notCancelled(const JobContext& context);

/// The file as a stream that tells the job how far it is and stops when the job is cancelled; InvalidArgument where it
/// is no regular file. The context must outlive the stream.
Result<ByteSource> openWatched(const std::string& path, JobContext& context);

} // namespace twinhull
