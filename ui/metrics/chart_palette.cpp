// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_palette.h"

#include "ui/theme/theme.h"

#include <array>

namespace twinhull {

QColor chartColor(WorkloadKind kind, int ordinal)
{
    constexpr std::array kLightness = { 100, 145, 70, 125, 85 };
    const QColor color = Theme::current().workloadColor(kind);
    return color.lighter(kLightness[static_cast<std::size_t>(ordinal) % kLightness.size()]);
}

Qt::PenStyle chartPenStyle(int ordinal)
{
    constexpr std::array kStyles = { Qt::SolidLine, Qt::DashLine, Qt::DashDotLine, Qt::DotLine };
    return kStyles[static_cast<std::size_t>(ordinal) % kStyles.size()];
}

PlotMarker chartMarker(int ordinal)
{
    constexpr int kStyles = 4;
    return static_cast<PlotMarker>(ordinal / kStyles % kPlotMarkerCount);
}

QColor chartPartColor(int part)
{
    // Apart in lightness as well as in hue, so that who sees no red or no green tells them apart, and at least 3:1 on a
    // card: searched for with the matrices that the test of this file holds.
    constexpr std::array<QRgb, 5> kLight = { 0xff146eec, 0xffc68513, 0xff27a570, 0xffb97dbf, 0xff2e3138 };
    constexpr std::array<QRgb, 5> kDark = { 0xffaacef8, 0xffd38537, 0xff80d5b1, 0xffb33fbd, 0xff69737c };
    const auto& colors = Theme::current().isDark() ? kDark : kLight;
    return QColor::fromRgb(colors[static_cast<std::size_t>(part) % colors.size()]);
}

QColor chartUnderColor(const QColor& color)
{
    constexpr int kFainter = 130;
    QColor under = color;
    under.setAlpha(kFainter);
    return under;
}

QColor chartUnderTotalColor()
{
    return Theme::current().color(ThemeColor::TextMuted);
}

QColor chartAreaColor(const QColor& color)
{
    constexpr int kAreaAlpha = 90;
    QColor area = color;
    area.setAlpha(kAreaAlpha);
    return area;
}

QColor chartRangeColor(const QColor& color)
{
    constexpr int kRangeAlpha = 60;
    QColor range = color;
    range.setAlpha(kRangeAlpha);
    return range;
}

QColor chartDifferenceColor()
{
    constexpr int kBehind = 170;
    QColor color = Theme::current().color(ThemeColor::Difference);
    color.setAlpha(kBehind);
    return color;
}

QColor chartBandColor()
{
    constexpr int kFaint = 30;
    QColor color = Theme::current().color(ThemeColor::Difference);
    color.setAlpha(kFaint);
    return color;
}

QFont chartFont()
{
    constexpr int kSmaller = 2;
    QFont font = Theme::current().smallFont();
    font.setPixelSize(font.pixelSize() - kSmaller);
    return font;
}

} // namespace twinhull
