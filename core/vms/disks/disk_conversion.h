// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/vms/disks/disk_probe.h"

namespace twinhull {

/// Makes a qcow2 of a disk that probeDisk() was content with, `diskBytes` large where that is not 0; a disk is never
/// made smaller. Fails before it begins where the file system has no room for it. Tells its progress and can be
/// cancelled; what it had made until then is the caller's to remove. Blocks.
Result<> convertDisk(const UniqueFd& file, const DiskFacts& facts, const std::string& target, std::uint64_t diskBytes,
    JobContext& context);

/// Percent of what "qemu-img convert -p" wrote last, in hundredths; -1 where it says none.
int conversionProgress(std::string_view written);

} // namespace twinhull
