// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/vms/making/appliance.h"

namespace twinhull {

/// Where the disk of that number is in a VM's folder: the first is "disk.qcow2".
QString applianceDiskPath(const QString& folder, std::size_t number);

/// Makes a qcow2 of each disk of the appliance in that folder, the first `firstBytes` large where that is not 0. Each
/// file is compared with the manifest and looked at as any disk from elsewhere before QEMU sees it; what is packed is
/// unpacked there meanwhile. OutOfSpace before anything is written where there is no room for that. Tells its progress
/// and can be cancelled; what it had made until then is the caller's to remove. Blocks.
Result<> makeApplianceDisks(
    const Appliance& appliance, const QString& folder, std::uint64_t firstBytes, JobContext& context);

} // namespace twinhull
