// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/settings.h"

#include <QString>

#include <functional>

class QWidget;

namespace twinhull {

/// A question before something that cannot be taken back.
struct Confirmation {
    const char* name; ///< of the box; its button is "NAMEButton"
    QString question; ///< "Delete web?"
    QString consequence; ///< what is lost, and what is not
    QString button; ///< "&Delete"; Cancel stands beside it and is what Enter means
    Settings* settings = nullptr; ///< with `setting`: the box can be told not to ask again
    const Setting<bool>* setting = nullptr;
};

/// Asks over `window`, and calls `then` when the person agrees: at once where they said not to be asked.
void confirm(QWidget* window, const Confirmation& asked, std::function<void()> then);

} // namespace twinhull
