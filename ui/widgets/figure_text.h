// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <cstdint>

namespace twinhull {

/// Figures as a person reads them, number and unit apart by a space. Memory and disk in binary units ("148 MiB"), rates
/// in decimal ones ("42 kB/s"), as the field writes them; two or three digits that count. The one place in ui/ that
/// does it, over core/base/text.h; ui/metrics/units.h adds what axes need.

QString byteCountText(double bytes); ///< "0", "11 MiB", "2.1 GiB"
QString signedByteCountText(double bytes); ///< "+137 MiB", "−3 MiB"
QString rateText(double bytesPerSecond); ///< "0", "42 kB/s", "1.2 MB/s"
QString frequencyText(double perSecond); ///< "0.4 /s", "120 /s", "3.4 k/s"
QString cpuText(double cores); ///< percent of one core: "0.3 %", "134 %"
/// With three digits that count, where a figure is to be true within one percent: "0.412 %", "58.3 MiB".
QString fineCpuText(double cores);
QString fineByteCountText(double bytes);
QString durationText(std::chrono::seconds duration); ///< "12 s", "4 min", "2 h", "1 d"
QString millisecondsText(double milliseconds); ///< "4.1 ms", "120 ms", "1.61 s"

/// What stands where there is no figure.
QString noFigureText();

} // namespace twinhull
