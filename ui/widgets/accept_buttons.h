// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QDialog;
class QDialogButtonBox;
class QPushButton;

namespace twinhull {

/// What a dialog ends with.
struct AcceptButtons {
    QDialogButtonBox* box; ///< accepted() is the caller's to connect
    QPushButton* accept; ///< what the dialog is there for
};

/// Cancel, which rejects the dialog, and beside it the button with that text and object name, which Qt makes the
/// default one when they are shown.
AcceptButtons makeAcceptButtons(QDialog& dialog, const QString& text, const QString& name);

} // namespace twinhull
