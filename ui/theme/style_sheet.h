// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_color.h"

namespace twinhull {

/// resources/theme/twinhull.qss with every @Role@ replaced by its colour and @shade@ by "light" or "dark".
QString styleSheetFor(ThemeShade shade);

} // namespace twinhull
