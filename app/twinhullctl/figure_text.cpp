// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/figure_text.h"

#include "core/base/text.h"

namespace twinhull {

QString figureText(MetricUnit unit, double value)
{
    switch (unit) {
    case MetricUnit::Cores:
    case MetricUnit::Share:
        return QString::number(value * 100, 'f', 1) + QStringLiteral(" %");
    case MetricUnit::Percent:
        return QString::number(value, 'f', 1) + QStringLiteral(" %");
    case MetricUnit::Bytes:
        return QString::fromStdString(formatBytes(static_cast<std::uint64_t>(value)));
    case MetricUnit::BytesPerSecond:
        return QString::fromStdString(formatRate(value));
    case MetricUnit::PerSecond:
        return QString::fromStdString(formatFrequency(value));
    case MetricUnit::Seconds:
        return QString::fromStdString(
            formatDuration(std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(value * 1e9))));
    case MetricUnit::Tasks:
        return QString::number(value, 'f', 2);
    }
    return {};
}

} // namespace twinhull
