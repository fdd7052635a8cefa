// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string_view>

namespace twinhull {

/// One line of a log as it is shown: safe text (ui/console/log_decoder.h).
struct LogText {
    QString text; ///< time, two spaces and what was said
    qsizetype timeLength = 0; ///< of the first two; 0 where the log has no times
};

/// Of the records of that line, each with its line end.
LogText logTextOf(std::string_view bytes);

/// Whether what was said has that text in it, whatever the case. Quick where the bytes are plain ASCII.
bool logLineContains(std::string_view bytes, const QString& text);

} // namespace twinhull
