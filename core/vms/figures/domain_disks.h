// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/figures/domain_statistics.h"

#include <string>

namespace twinhull {

/// What a running domain takes of disks, from libvirt's block statistics with all files below its disks and, where
/// these are on this computer, from the files themselves. Fills `disk` alone. `imagesFolder` is empty for a domain that
/// runs elsewhere. Blocks as readStatistics() does.
Result<DomainStatistics> readDisks(virDomainPtr domain, const std::string& imagesFolder);

} // namespace twinhull
