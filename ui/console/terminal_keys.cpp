// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_keys.h"

#include <optional>
#include <utility>

namespace twinhull {

namespace {

constexpr std::pair<int, VTermKey> kNamedKeys[] = {
    { Qt::Key_Return, VTERM_KEY_ENTER },
    { Qt::Key_Enter, VTERM_KEY_ENTER },
    { Qt::Key_Tab, VTERM_KEY_TAB },
    { Qt::Key_Backtab, VTERM_KEY_TAB },
    { Qt::Key_Backspace, VTERM_KEY_BACKSPACE },
    { Qt::Key_Escape, VTERM_KEY_ESCAPE },
    { Qt::Key_Up, VTERM_KEY_UP },
    { Qt::Key_Down, VTERM_KEY_DOWN },
    { Qt::Key_Left, VTERM_KEY_LEFT },
    { Qt::Key_Right, VTERM_KEY_RIGHT },
    { Qt::Key_Insert, VTERM_KEY_INS },
    { Qt::Key_Delete, VTERM_KEY_DEL },
    { Qt::Key_Home, VTERM_KEY_HOME },
    { Qt::Key_End, VTERM_KEY_END },
    { Qt::Key_PageUp, VTERM_KEY_PAGEUP },
    { Qt::Key_PageDown, VTERM_KEY_PAGEDOWN },
};

/// ASCII's own: the key's letter without its upper bits (ascii(7)).
std::optional<char> controlCharacter(int key)
{
    constexpr int kLowerBits = 0x1F;
    if (key >= Qt::Key_At && key <= Qt::Key_Underscore) // @ A..Z [ \ ] ^ _
        return static_cast<char>(key & kLowerBits);
    switch (key) {
    case Qt::Key_Space:
    case Qt::Key_2:
        return '\0';
    case Qt::Key_3:
        return '\x1b';
    case Qt::Key_4:
        return '\x1c';
    case Qt::Key_5:
        return '\x1d';
    case Qt::Key_6:
        return '\x1e';
    case Qt::Key_7:
    case Qt::Key_Slash:
        return '\x1f';
    case Qt::Key_8:
    case Qt::Key_Question:
        return '\x7f';
    default:
        return std::nullopt;
    }
}

} // namespace

VTermKey terminalKey(int key)
{
    if (key >= Qt::Key_F1 && key <= Qt::Key_F35)
        return static_cast<VTermKey>(VTERM_KEY_FUNCTION(key - Qt::Key_F1 + 1));
    for (const auto& [qtKey, ours] : kNamedKeys) {
        if (qtKey == key)
            return ours;
    }
    return VTERM_KEY_NONE;
}

VTermModifier terminalModifiers(Qt::KeyboardModifiers modifiers)
{
    unsigned mask = VTERM_MOD_NONE;
    if (modifiers.testFlag(Qt::ShiftModifier))
        mask |= VTERM_MOD_SHIFT;
    if (modifiers.testFlag(Qt::AltModifier))
        mask |= VTERM_MOD_ALT;
    if (modifiers.testFlag(Qt::ControlModifier))
        mask |= VTERM_MOD_CTRL;
    return static_cast<VTermModifier>(mask);
}

QByteArray terminalText(int key, Qt::KeyboardModifiers modifiers, const QString& text)
{
    QByteArray bytes = text.toUtf8();
    const auto control = modifiers.testFlag(Qt::ControlModifier) ? controlCharacter(key) : std::nullopt;
    if (control)
        bytes = QByteArray(1, *control);
    return modifiers.testFlag(Qt::AltModifier) && !bytes.isEmpty() ? '\x1b' + bytes : bytes;
}

} // namespace twinhull
