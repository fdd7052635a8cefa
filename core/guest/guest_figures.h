// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/guest_messages.h"

#include <string>

namespace twinhull {

/// From the text of /proc/meminfo and /proc/net/dev; what is not in them is absent.
GuestReading readingFrom(const std::string& meminfo, const std::string& netDev);

/// Of this system.
GuestReading readGuestFigures();

} // namespace twinhull
