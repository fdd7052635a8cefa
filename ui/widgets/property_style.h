// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace twinhull {

/// Sets a property that the style sheet looks at ("primary", "muted", "error" …) and has the widget painted anew when
/// it changed.
void setStyleProperty(QWidget& widget, const char* name, bool isSet = true);

} // namespace twinhull
