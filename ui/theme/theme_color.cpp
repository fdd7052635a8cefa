// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_color.h"

#include <array>

namespace twinhull {

namespace {

struct Row {
    ThemeColor role;
    const char* name;
    QRgb light;
    QRgb dark;
};

constexpr std::array<Row, kThemeColorCount> kRows{ {
    { ThemeColor::Ground, "Ground", 0xfff5f6f8, 0xff1b1e23 },
    { ThemeColor::Surface, "Surface", 0xffffffff, 0xff23272e },
    { ThemeColor::SideBar, "SideBar", 0xffeef0f3, 0xff1f2329 },
    { ThemeColor::Border, "Border", 0xffdfe3e8, 0xff343a43 },
    { ThemeColor::RowLine, "RowLine", 0xffe9ecf0, 0xff2d323a },
    { ThemeColor::Grid, "Grid", 0xffe9ecf0, 0xff2d323a },
    { ThemeColor::Text, "Text", 0xff1d232b, 0xffe6e9ed },
    { ThemeColor::TextMuted, "TextMuted", 0xff68727e, 0xff97a1ad },
    { ThemeColor::TextFaint, "TextFaint", 0xff89919a, 0xff7c8590 },
    { ThemeColor::Accent, "Accent", 0xff2f6fbd, 0xff6aa7ea },
    { ThemeColor::AccentText, "AccentText", 0xffffffff, 0xff12161b },
    { ThemeColor::Selection, "Selection", 0xffe6effa, 0xff2a3a4f },
    { ThemeColor::Hover, "Hover", 0xfff4f6f8, 0xff2b3038 },
    { ThemeColor::Container, "Container", 0xffdd7a00, 0xfff2a33c },
    { ThemeColor::Vm, "Vm", 0xff2b6cb0, 0xff6aa7ea },
    { ThemeColor::Difference, "Difference", 0xff4a2a63, 0xffe3cdf5 },
    { ThemeColor::Running, "Running", 0xff2e8b57, 0xff62c08a },
    { ThemeColor::Busy, "Busy", 0xff2f6fbd, 0xff6aa7ea },
    { ThemeColor::Paused, "Paused", 0xffc27c0e, 0xffe0a84a },
    { ThemeColor::Stopped, "Stopped", 0xff68727e, 0xff97a1ad },
    { ThemeColor::Failed, "Failed", 0xffc0392b, 0xffe57368 },
    { ThemeColor::Warning, "Warning", 0xffa8690a, 0xffe0a84a },
    { ThemeColor::Error, "Error", 0xffc0392b, 0xffe57368 },
} };

constexpr bool isInOrder()
{
    for (int i = 0; i < kThemeColorCount; ++i) {
        if (static_cast<int>(kRows[static_cast<std::size_t>(i)].role) != i)
            return false;
    }
    return true;
}
static_assert(isInOrder());

const Row& row(ThemeColor role)
{
    return kRows[static_cast<std::size_t>(role)];
}

} // namespace

QColor themeColor(ThemeColor role, ThemeShade shade)
{
    return QColor::fromRgba(shade == ThemeShade::Light ? row(role).light : row(role).dark);
}

QString nameOf(ThemeColor role)
{
    return QString::fromLatin1(row(role).name);
}

} // namespace twinhull
