// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_index.h"

namespace twinhull {

/// Which lines of a log are shown.
enum class LogFilter { All, Output, Error, Warnings, Errors };

/// By its mark alone; Warnings are those and errors.
inline bool passes(LogFilter filter, const LogMark& mark)
{
    switch (filter) {
    case LogFilter::All:
        return true;
    case LogFilter::Output:
        return mark.isError == 0;
    case LogFilter::Error:
        return mark.isError != 0;
    case LogFilter::Warnings:
        return mark.lineLevel() == LineLevel::Warning || mark.lineLevel() == LineLevel::Error;
    case LogFilter::Errors:
        return mark.lineLevel() == LineLevel::Error;
    }
    return true;
}

} // namespace twinhull
