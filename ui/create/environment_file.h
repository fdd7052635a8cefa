// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QPlainTextEdit;
class QPushButton;
class QWidget;

namespace twinhull {

class FormRow;

/// A link that appends the lines of an environment file to the text of `editor`; what is wrong with the file stands in
/// the note of `row`. The file is read on another thread.
QPushButton* makeEnvironmentFileLink(QPlainTextEdit& editor, FormRow& row, QWidget* parent);

} // namespace twinhull
