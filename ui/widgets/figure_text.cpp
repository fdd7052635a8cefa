// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/figure_text.h"

#include <QLocale>

#include <array>
#include <cmath>

namespace twinhull {

namespace {

/// One decimal below ten, none from there on: "1.2", "9.9", "42".
QString shortNumber(double value)
{
    const bool isSmall = std::abs(value) < 9.95;
    QString text = QLocale().toString(value, 'f', isSmall ? 1 : 0);
    const QString zeroDecimal = QLocale().decimalPoint() + QLatin1Char('0');
    if (isSmall && text.endsWith(zeroDecimal))
        text.chop(zeroDecimal.size());
    return text;
}

template <std::size_t N>
QString scaled(double value, double step, const std::array<const char16_t*, N>& units)
{
    if (std::abs(value) < 0.5)
        return QStringLiteral("0");
    std::size_t unit = 0;
    while (std::abs(value) >= step * 0.9995 && unit + 1 < N) {
        value /= step;
        ++unit;
    }
    const QString number = unit == 0 ? QLocale().toString(std::round(value), 'f', 0) : shortNumber(value);
    return number + QLatin1Char(' ') + QString::fromUtf16(units[unit]);
}

} // namespace

QString byteCountText(double bytes)
{
    static constexpr std::array<const char16_t*, 5> kUnits{ u"B", u"KiB", u"MiB", u"GiB", u"TiB" };
    return scaled(bytes, 1024, kUnits);
}

QString signedByteCountText(double bytes)
{
    const QChar sign = bytes < 0 ? QChar(u'−') : QChar(u'+');
    return sign + byteCountText(std::abs(bytes));
}

QString rateText(double bytesPerSecond)
{
    static constexpr std::array<const char16_t*, 4> kUnits{ u"B/s", u"kB/s", u"MB/s", u"GB/s" };
    return scaled(bytesPerSecond, 1000, kUnits);
}

QString cpuText(double cores)
{
    const double percent = cores * 100;
    return QLocale().toString(percent, 'f', percent < 99.95 ? 1 : 0) + QStringLiteral(" %");
}

QString durationText(std::chrono::seconds duration)
{
    const auto seconds = duration.count();
    const auto text = [](qint64 count, const char16_t* unit) {
        return QLocale().toString(count) + QLatin1Char(' ') + QString::fromUtf16(unit);
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
    if (milliseconds < 999.5)
        return shortNumber(milliseconds) + QStringLiteral(" ms");
    return QLocale().toString(milliseconds / 1000, 'f', 2) + QStringLiteral(" s");
}

QString noFigureText()
{
    return QStringLiteral("–");
}

} // namespace twinhull
