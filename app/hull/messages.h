// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace twinhull::hull {

enum class LogFormat { Text, Json };
enum class Detail { Usual, Debug };

/// Where what hull has to say goes beside standard error: --log, --log-format, --debug.
struct LogChoice {
    std::string file; ///< empty: none
    LogFormat format = LogFormat::Text;
    Detail detail = Detail::Usual;
};

/// From here on for the whole process.
void setLog(LogChoice choice);

/// One line on standard error and in the log. Engines read the latter for the cause of a failure.
void tell(const Error& error);

/// One line on standard error; in the log only with --debug.
void warn(const char* text);

/// One line in the log (standard error where there is none), with --debug.
void debug(const std::string& text);

} // namespace twinhull::hull
