// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/terminal_cells.h"
#include "ui/theme/theme_color.h"

#include <QColor>

namespace twinhull {

/// What a colour of a program looks like; nothing where it is the default.
QColor terminalColor(const TerminalColor& color, ThemeShade shade);

} // namespace twinhull
