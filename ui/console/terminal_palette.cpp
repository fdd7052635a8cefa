// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_palette.h"

#include <array>

namespace twinhull {

namespace {

constexpr int kNamed = 16;
constexpr int kFirstGrey = 232;
constexpr int kCubeSide = 6;

/// Black, red, green, yellow, blue, magenta, cyan, white, then the bright ones; legible on the surface of each shade.
constexpr std::array<QRgb, kNamed> kLight{ 0xff1d232b, 0xffc0392b, 0xff2e7d4f, 0xff8a5a00, 0xff2b6cb0, 0xff7a5195,
    0xff0b7285, 0xff68727e, 0xff495057, 0xffd9480f, 0xff2b8a3e, 0xffa8690a, 0xff1c7ed6, 0xff9c36b5, 0xff1098ad,
    0xffa0a8b1 };
constexpr std::array<QRgb, kNamed> kDark{ 0xff4a515b, 0xffe57368, 0xff62c08a, 0xffe0a84a, 0xff6aa7ea, 0xffb692d6,
    0xff5bc0d6, 0xffd0d5db, 0xff7c8590, 0xffff8f85, 0xff85dba8, 0xffffc56b, 0xff8fc1f7, 0xffd0b3ea, 0xff85dcec,
    0xffffffff };

/// The cube and the greys that every terminal of 256 colours has.
QRgb computed(int index)
{
    if (index >= kFirstGrey) {
        const int grey = 8 + (index - kFirstGrey) * 10;
        return qRgb(grey, grey, grey);
    }
    const auto level = [](int step) { return step == 0 ? 0 : 55 + step * 40; };
    const int place = index - kNamed;
    return qRgb(level(place / (kCubeSide * kCubeSide)), level(place / kCubeSide % kCubeSide), level(place % kCubeSide));
}

} // namespace

QColor terminalColor(const TerminalColor& color, ThemeShade shade)
{
    switch (color.kind) {
    case TerminalColor::Kind::Default:
        return {};
    case TerminalColor::Kind::Rgb:
        return QColor(color.index, color.green, color.blue);
    case TerminalColor::Kind::Indexed:
        break;
    }
    if (color.index >= kNamed)
        return QColor::fromRgb(computed(color.index));
    return QColor::fromRgb(shade == ThemeShade::Light ? kLight[color.index] : kDark[color.index]);
}

} // namespace twinhull
