// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_keys.h"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <array>
#include <utility>

namespace twinhull {

namespace {

constexpr std::uint32_t kUnicodeSymbols = 0x0100'0000;
constexpr std::uint32_t kEvdevShift = 8; ///< between X11's codes and Linux's
constexpr std::uint32_t kLastPlainCode = KEY_KPDOT; ///< up to here both have the same numbers
constexpr std::uint32_t kFirstFunctionSymbol = 0xffbe;

constexpr std::array kSymbols{ std::pair{ Qt::Key_Escape, 0xff1bU }, std::pair{ Qt::Key_Tab, 0xff09U },
    std::pair{ Qt::Key_Backtab, 0xff09U }, std::pair{ Qt::Key_Backspace, 0xff08U },
    std::pair{ Qt::Key_Return, 0xff0dU }, std::pair{ Qt::Key_Enter, 0xff8dU }, std::pair{ Qt::Key_Insert, 0xff63U },
    std::pair{ Qt::Key_Delete, 0xffffU }, std::pair{ Qt::Key_Pause, 0xff13U }, std::pair{ Qt::Key_Print, 0xff61U },
    std::pair{ Qt::Key_SysReq, 0xff15U }, std::pair{ Qt::Key_Home, 0xff50U }, std::pair{ Qt::Key_End, 0xff57U },
    std::pair{ Qt::Key_Left, 0xff51U }, std::pair{ Qt::Key_Up, 0xff52U }, std::pair{ Qt::Key_Right, 0xff53U },
    std::pair{ Qt::Key_Down, 0xff54U }, std::pair{ Qt::Key_PageUp, 0xff55U }, std::pair{ Qt::Key_PageDown, 0xff56U },
    std::pair{ Qt::Key_Shift, 0xffe1U }, std::pair{ Qt::Key_Control, 0xffe3U }, std::pair{ Qt::Key_Alt, 0xffe9U },
    std::pair{ Qt::Key_Meta, 0xffebU }, std::pair{ Qt::Key_Super_L, 0xffebU }, std::pair{ Qt::Key_Super_R, 0xffecU },
    std::pair{ Qt::Key_AltGr, 0xfe03U }, std::pair{ Qt::Key_CapsLock, 0xffe5U }, std::pair{ Qt::Key_NumLock, 0xff7fU },
    std::pair{ Qt::Key_ScrollLock, 0xff14U }, std::pair{ Qt::Key_Menu, 0xff67U } };

constexpr std::array kExtendedCodes{ std::pair{ KEY_102ND, 0x56U }, std::pair{ KEY_F11, 0x57U },
    std::pair{ KEY_F12, 0x58U }, std::pair{ KEY_RO, 0x73U }, std::pair{ KEY_HENKAN, 0x79U },
    std::pair{ KEY_KATAKANAHIRAGANA, 0x70U }, std::pair{ KEY_MUHENKAN, 0x7bU }, std::pair{ KEY_YEN, 0x7dU },
    std::pair{ KEY_KPENTER, 0x9cU }, std::pair{ KEY_RIGHTCTRL, 0x9dU }, std::pair{ KEY_KPSLASH, 0xb5U },
    std::pair{ KEY_SYSRQ, 0x54U }, std::pair{ KEY_RIGHTALT, 0xb8U }, std::pair{ KEY_HOME, 0xc7U },
    std::pair{ KEY_UP, 0xc8U }, std::pair{ KEY_PAGEUP, 0xc9U }, std::pair{ KEY_LEFT, 0xcbU },
    std::pair{ KEY_RIGHT, 0xcdU }, std::pair{ KEY_END, 0xcfU }, std::pair{ KEY_DOWN, 0xd0U },
    std::pair{ KEY_PAGEDOWN, 0xd1U }, std::pair{ KEY_INSERT, 0xd2U }, std::pair{ KEY_DELETE, 0xd3U },
    std::pair{ KEY_PAUSE, 0xc6U }, std::pair{ KEY_LEFTMETA, 0xdbU }, std::pair{ KEY_RIGHTMETA, 0xdcU },
    std::pair{ KEY_COMPOSE, 0xddU } };

template <typename Table, typename Key>
std::uint32_t lookUp(const Table& table, Key key)
{
    const auto* found = std::find_if(table.begin(), table.end(), [key](const auto& row) { return row.first == key; });
    return found == table.end() ? 0 : found->second;
}

/// With Ctrl held the text is a control character, so the key's own letter counts.
std::uint32_t symbolByName(const QKeyEvent& event)
{
    const int key = event.key();
    if (key >= Qt::Key_F1 && key <= Qt::Key_F35)
        return kFirstFunctionSymbol + static_cast<std::uint32_t>(key - Qt::Key_F1);
    if (const auto known = lookUp(kSymbols, key); known != 0)
        return known;
    const char32_t letter = event.text().toUcs4().value(0);
    if (letter != 0 && QChar::isPrint(letter))
        return keySymbolOf(letter);
    if (key >= Qt::Key_A && key <= Qt::Key_Z && !event.modifiers().testFlag(Qt::ShiftModifier))
        return static_cast<std::uint32_t>(key - Qt::Key_A + 'a');
    return key > 0 && key < Qt::Key_Escape ? keySymbolOf(static_cast<char32_t>(key)) : 0;
}

} // namespace

std::uint32_t xtCodeOf(std::uint32_t linuxCode)
{
    if (linuxCode >= KEY_ESC && linuxCode <= kLastPlainCode)
        return linuxCode;
    return lookUp(kExtendedCodes, static_cast<int>(linuxCode));
}

std::uint32_t keySymbolOf(char32_t letter)
{
    constexpr std::uint32_t kReturn = 0xff0d;
    constexpr std::uint32_t kTab = 0xff09;
    if (letter == U'\n' || letter == U'\r')
        return kReturn;
    if (letter == U'\t')
        return kTab;
    const bool isLatin = (letter >= 0x20 && letter <= 0x7e) || (letter >= 0xa0 && letter <= 0xff);
    if (isLatin)
        return letter;
    return letter > 0xff && letter <= 0x10ffff ? kUnicodeSymbols + letter : 0;
}

ScreenKey screenKeyOf(const QKeyEvent& event)
{
    ScreenKey key;
    key.isDown = event.type() != QEvent::KeyRelease;
    key.symbol = event.nativeVirtualKey() != 0 ? event.nativeVirtualKey() : symbolByName(event);
    if (event.nativeScanCode() > kEvdevShift)
        key.place = xtCodeOf(event.nativeScanCode() - kEvdevShift);
    return key;
}

} // namespace twinhull
