// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <cstdint>
#include <vector>

namespace twinhull {

/// A colour as a program asked for it; what it looks like is the view's.
struct TerminalColor {
    enum class Kind : std::uint8_t { Default, Indexed, Rgb };

    Kind kind = Kind::Default;
    std::uint8_t index = 0; ///< of 256; of Rgb: red
    std::uint8_t green = 0;
    std::uint8_t blue = 0;

    friend bool operator==(const TerminalColor&, const TerminalColor&) = default;
};

struct TerminalCell {
    std::array<char32_t, 3> characters{}; ///< with what combines with the first; nothing: blank
    std::uint8_t width = 1; ///< 2: the next cell is its right half; 0: that half
    bool isBold = false;
    bool isItalic = false;
    bool isUnderlined = false;
    bool isStruck = false;
    bool isReversed = false;
    TerminalColor foreground;
    TerminalColor background;

    QString text() const; ///< a space where it is blank; nothing of a right half

    friend bool operator==(const TerminalCell&, const TerminalCell&) = default;
};

using TerminalLine = std::vector<TerminalCell>;

/// From one column up to another, without blanks at the end.
QString textOf(const TerminalLine& line, int begin, int end);

} // namespace twinhull
