// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figure_text.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

/// Behind the point, of three digits that count; no more than four.
int fineDecimals(double value)
{
    constexpr int kMostDecimals = 4;
    return value > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(value))), 0, kMostDecimals) : 0;
}

QString fineNumber(double value)
{
    const double scale = std::pow(10, fineDecimals(value));
    return QString::number(value, 'f', fineDecimals(std::round(value * scale) / scale)); // 9.996 is 10.0
}

} // namespace

QString byteCountText(double bytes)
{
    if (bytes < 0.5)
        return QStringLiteral("0");
    return QString::fromStdString(formatBytes(static_cast<std::uint64_t>(std::llround(bytes))));
}

QString signedByteCountText(double bytes)
{
    const QChar sign = bytes < 0 ? QChar(u'−') : QChar(u'+');
    return sign + byteCountText(std::abs(bytes));
}

QString rateText(double bytesPerSecond)
{
    return bytesPerSecond < 0.5 ? QStringLiteral("0") : QString::fromStdString(formatRate(bytesPerSecond));
}

QString frequencyText(double perSecond)
{
    return QString::fromStdString(formatFrequency(perSecond));
}

QString cpuText(double cores)
{
    const double percent = cores * 100;
    return QString::number(percent, 'f', percent < 99.95 ? 1 : 0) + QStringLiteral(" %");
}

QString fineCpuText(double cores)
{
    return fineNumber(cores * 100) + QStringLiteral(" %");
}

QString fineByteCountText(double bytes)
{
    constexpr double kStep = 1024;
    if (bytes < kStep)
        return byteCountText(bytes);
    const char* unit = "KiB";
    double value = bytes / kStep;
    for (const char* larger : { "MiB", "GiB", "TiB" }) {
        if (value < kStep - 0.5) // 1023.6 would be printed as 1024
            break;
        value /= kStep;
        unit = larger;
    }
    return fineNumber(value) + QLatin1Char(' ') + QLatin1String(unit);
}

QString durationText(std::chrono::seconds duration)
{
    const auto seconds = duration.count();
    const auto text = [](qint64 count, const char16_t* unit) {
        return QString::number(count) + QLatin1Char(' ') + QString::fromUtf16(unit);
    };
    if (seconds < 60)
        return text(std::max<qint64>(seconds, 0), u"s");
    if (seconds < 3600)
        return text(seconds / 60, u"min");
    if (seconds < 86400)
        return text(seconds / 3600, u"h");
    return text(seconds / 86400, u"d");
}

QString millisecondsText(double milliseconds)
{
    const std::chrono::duration<double, std::milli> duration(milliseconds);
    return QString::fromStdString(formatDuration(std::chrono::duration_cast<std::chrono::nanoseconds>(duration)));
}

QString noFigureText()
{
    return QStringLiteral("–");
}

} // namespace twinhull
