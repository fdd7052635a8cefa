// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>

namespace twinhull {

/// What a colour is for. Everything on screen is painted by role, so that light and dark are one table.
enum class ThemeColor {
    Ground, ///< behind cards
    Surface, ///< lists, cards, bars
    SideBar,
    Border, ///< one pixel around cards, fields, buttons
    RowLine, ///< between rows of a table
    Grid, ///< grid lines of a plot
    Text,
    TextMuted, ///< labels, units, secondary columns
    TextFaint, ///< placeholders, what is absent
    Accent, ///< the one main button, the chosen tab, focus
    AccentText, ///< on Accent
    Selection, ///< chosen row, chosen page
    Hover,
    Container,
    Vm,
    Difference, ///< VM minus container
    Running,
    Busy, ///< starting, stopping, creating
    Paused,
    Stopped,
    Failed,
    Warning,
    Error,
};
constexpr int kThemeColorCount = static_cast<int>(ThemeColor::Error) + 1;

enum class ThemeShade { Light, Dark };

QColor themeColor(ThemeColor role, ThemeShade shade);

/// The role's name as style sheets write it between @ signs: "TextMuted".
QString nameOf(ThemeColor role);

} // namespace twinhull
