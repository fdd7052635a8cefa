// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAction;
class QToolButton;
class QWidget;

namespace twinhull {

/// A text button that does what the action does and follows its text, tool tip and state.
QToolButton* makeActionButton(QAction& action, QWidget* parent);

} // namespace twinhull
