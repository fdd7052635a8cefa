// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <vterm.h>

namespace twinhull {

/// The key as libvterm knows it; VTERM_KEY_NONE for one that only has a text.
VTermKey terminalKey(int key);
VTermModifier terminalModifiers(Qt::KeyboardModifiers modifiers);
/// What a key with a text sends: UTF-8, control characters with Ctrl, an Escape before it with Alt.
QByteArray terminalText(int key, Qt::KeyboardModifiers modifiers, const QString& text);

} // namespace twinhull
