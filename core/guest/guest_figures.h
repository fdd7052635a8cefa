// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/guest_messages.h"

#include <string>

namespace twinhull {

/// The text of files of /proc.
struct GuestTexts {
    std::string meminfo;
    std::string netDev;
    std::string stat;
    std::string loadavg;
};

/// What is not in them is absent, and so is the root file system.
GuestReading readingFrom(const GuestTexts& texts);

/// Of this system.
GuestReading readGuestFigures();

} // namespace twinhull
