// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/screen_input.h"

#include <QKeyEvent>
#include <QStringList>

#include <vector>

namespace twinhull {

/// The key of an event, by what the window system tells of it, else by Qt's own name; both 0 for one that nobody knows.
/// Sources: X11/keysymdef.h; https://gitlab.com/keycodemap/keycodemapdb (evdev to XT).
ScreenKey screenKeyOf(const QKeyEvent& event);

/// XT's code (E0 as the high bit) of a key of Linux (input-event-codes.h); 0: none.
std::uint32_t xtCodeOf(std::uint32_t linuxCode);

/// A letter as it would be typed; 0 for what no key makes.
std::uint32_t keySymbolOf(char32_t letter);

} // namespace twinhull
