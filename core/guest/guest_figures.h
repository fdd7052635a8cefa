// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/guest_messages.h"

#include <string>

namespace twinhull {

/// From the text of /proc/meminfo, /proc/net/dev and /proc/stat; what is not in them is absent.
GuestReading readingFrom(const std::string& meminfo, const std::string& netDev, const std::string& stat);

/// Of this system.
GuestReading readGuestFigures();

} // namespace twinhull
