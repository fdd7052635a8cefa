// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string_view>

namespace twinhull {

enum class LogLevel { Debug, Info, Warning, Error };

/// Writes "PROGRAM: warning: text" as one line and one write(2) to standard error. Control characters in the text
/// (others' names end up in messages) become "?", line ends become spaces. Thread-safe; not for between fork and exec.
void log(LogLevel level, std::string_view text);
void log(LogLevel level, const Error& error);

/// What is below is not written. At the start: $TWINHULL_LOG (debug, info, warning, error), else info.
void setLogLevel(LogLevel level);
LogLevel logLevel();

/// The line that log() would write, without its end.
std::string logLine(LogLevel level, std::string_view text);

} // namespace twinhull
