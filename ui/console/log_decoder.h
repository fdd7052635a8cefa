// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// One line of a log, or a further piece of the line before it.
struct LogEntry {
    enum class Stream { Output, Error };
    enum class Place { NewLine, SameLine };

    QString time; ///< "08:15:00.123" of the record; empty where the log has no times
    Stream stream = Stream::Output;
    Place place = Place::NewLine;
    QString text; ///< safe to show
};

/// Makes lines of the bytes of a log: records of a container (core/ipc/log_line.h) or the plain text of a serial
/// console. Whatever is inside, what comes out is printable text: control characters and bytes that are no UTF-8 are
/// written as \xNN, sequences of a terminal are left out, a line is cut at kLineLimit.
class LogDecoder {
public:
    static constexpr std::size_t kLineLimit = 8192;

    /// The next bytes; a line that has no end yet waits for its rest.
    std::vector<LogEntry> decode(std::string_view bytes);

private:
    LogEntry entryOf(std::string_view line);

    std::string m_rest;
    bool m_isCut = false; ///< the rest of a line that was too long is being skipped
    bool m_endedInPart = false;
    LogEntry::Stream m_lastStream = LogEntry::Stream::Output;
};

/// Printable text of any bytes, as LogDecoder makes it. What carriage returns overwrote (a bar of progress) is left
/// out, with a mark that it was.
QString printableText(std::string_view bytes);

} // namespace twinhull
