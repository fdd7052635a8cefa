// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/figures/domain_statistics.h"

#include <string>

namespace twinhull {

/// What a running domain takes of disks, from libvirt's block statistics with all files below its disks and, where
/// these are on this computer, from the files themselves. `imagesFolder` is empty for a domain that runs elsewhere.
/// Busy where libvirt tells less than all of it, because it is at work on the domain. Blocks as readStatistics() does.
Result<DiskParts> readDisks(virDomainPtr domain, const std::string& imagesFolder);

} // namespace twinhull
