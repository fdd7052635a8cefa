// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/ipc/guest_setup.h"

#include <string>

namespace twinhull {

Result<> bringUpLoopback();

/// Gives the first interface that is not loopback its static address and the default route.
Result<> bringUpNetwork(const GuestNetwork& network);

/// Writes /etc/hostname, /etc/hosts and /etc/resolv.conf below `root` ("" is /) and, for /, sets the host name. Links
/// in their place are replaced, not followed.
Result<> writeNames(const std::string& root, const GuestSetup& setup);

} // namespace twinhull
