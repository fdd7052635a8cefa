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
