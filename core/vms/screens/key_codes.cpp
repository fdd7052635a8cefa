// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/key_codes.h"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

constexpr qsizetype kMostKeys = 16;

struct NamedKey {
    const char* name;
    unsigned code;
};

constexpr std::array kKeys{ NamedKey{ "ctrl", KEY_LEFTCTRL }, NamedKey{ "alt", KEY_LEFTALT },
    NamedKey{ "shift", KEY_LEFTSHIFT }, NamedKey{ "super", KEY_LEFTMETA }, NamedKey{ "altgr", KEY_RIGHTALT },
    NamedKey{ "delete", KEY_DELETE }, NamedKey{ "backspace", KEY_BACKSPACE }, NamedKey{ "enter", KEY_ENTER },
    NamedKey{ "escape", KEY_ESC }, NamedKey{ "tab", KEY_TAB }, NamedKey{ "space", KEY_SPACE },
    NamedKey{ "insert", KEY_INSERT }, NamedKey{ "home", KEY_HOME }, NamedKey{ "end", KEY_END },
    NamedKey{ "pageup", KEY_PAGEUP }, NamedKey{ "pagedown", KEY_PAGEDOWN }, NamedKey{ "up", KEY_UP },
    NamedKey{ "down", KEY_DOWN }, NamedKey{ "left", KEY_LEFT }, NamedKey{ "right", KEY_RIGHT },
    NamedKey{ "print", KEY_SYSRQ }, NamedKey{ "menu", KEY_COMPOSE }, NamedKey{ "f1", KEY_F1 }, NamedKey{ "f2", KEY_F2 },
    NamedKey{ "f3", KEY_F3 }, NamedKey{ "f4", KEY_F4 }, NamedKey{ "f5", KEY_F5 }, NamedKey{ "f6", KEY_F6 },
    NamedKey{ "f7", KEY_F7 }, NamedKey{ "f8", KEY_F8 }, NamedKey{ "f9", KEY_F9 }, NamedKey{ "f10", KEY_F10 },
    NamedKey{ "f11", KEY_F11 }, NamedKey{ "f12", KEY_F12 }, NamedKey{ "a", KEY_A }, NamedKey{ "b", KEY_B },
    NamedKey{ "c", KEY_C }, NamedKey{ "d", KEY_D }, NamedKey{ "e", KEY_E }, NamedKey{ "f", KEY_F },
    NamedKey{ "g", KEY_G }, NamedKey{ "h", KEY_H }, NamedKey{ "i", KEY_I }, NamedKey{ "j", KEY_J },
    NamedKey{ "k", KEY_K }, NamedKey{ "l", KEY_L }, NamedKey{ "m", KEY_M }, NamedKey{ "n", KEY_N },
    NamedKey{ "o", KEY_O }, NamedKey{ "p", KEY_P }, NamedKey{ "q", KEY_Q }, NamedKey{ "r", KEY_R },
    NamedKey{ "s", KEY_S }, NamedKey{ "t", KEY_T }, NamedKey{ "u", KEY_U }, NamedKey{ "v", KEY_V },
    NamedKey{ "w", KEY_W }, NamedKey{ "x", KEY_X }, NamedKey{ "y", KEY_Y }, NamedKey{ "z", KEY_Z },
    NamedKey{ "0", KEY_0 }, NamedKey{ "1", KEY_1 }, NamedKey{ "2", KEY_2 }, NamedKey{ "3", KEY_3 },
    NamedKey{ "4", KEY_4 }, NamedKey{ "5", KEY_5 }, NamedKey{ "6", KEY_6 }, NamedKey{ "7", KEY_7 },
    NamedKey{ "8", KEY_8 }, NamedKey{ "9", KEY_9 } };

} // namespace

QStringList keyNames()
{
    QStringList names;
    for (const auto& key : kKeys)
        names << QLatin1String(key.name);
    return names;
}

Result<std::vector<unsigned>> keyCodes(const QStringList& names)
{
    if (names.isEmpty() || names.size() > kMostKeys)
        return Error{ ErrorCode::InvalidArgument, "keys: from 1 to 16 at once", 0, "As in: ctrl alt delete" };
    std::vector<unsigned> codes;
    for (const QString& name : names) {
        const auto* found = std::find_if(kKeys.begin(), kKeys.end(),
            [&name](const NamedKey& key) { return name.compare(QLatin1String(key.name), Qt::CaseInsensitive) == 0; });
        if (found == kKeys.end())
            return Error{ ErrorCode::InvalidArgument, "key " + name.toStdString() + ": not known", 0,
                "Known are: " + keyNames().join(u' ').toStdString() };
        codes.push_back(found->code);
    }
    return codes;
}

} // namespace twinhull
