// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/log_line.h"

#include <QFile>
#include <QString>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace twinhull {

/// One line that a container wrote.
struct JointLogLine {
    std::size_t source = 0; ///< of the log that it is of, in the order in which they were added
    LogStream stream = LogStream::Output;
    std::string time; ///< as logTime() writes it
    std::string text; ///< any bytes but a line end; a stranger's
};

/// The log of one container, read line by line, and again when it grew.
class JointLogSource {
public:
    /// Older files, the oldest first, with the offset where each begins; the newest at the end.
    explicit JointLogSource(std::vector<std::pair<QString, qint64>> files);

    /// The next line; null when there is none (yet). Valid until pop().
    const JointLogLine* front();
    void pop() { m_lines.pop_front(); }

private:
    bool readPiece();
    bool openNext();
    void takeRecord(std::string_view record);

    std::vector<std::pair<QString, qint64>> m_files; ///< the last one stays
    std::unique_ptr<QFile> m_file;
    QByteArray m_begun; ///< of a record
    std::string m_parts[2]; ///< of a line of each stream
    std::deque<JointLogLine> m_lines;
};

/// The logs of several containers as one, in the order of their times. Holds one piece of each file.
class JointLog {
public:
    /// The number of its lines' source.
    std::size_t add(std::vector<std::pair<QString, qint64>> files);

    /// The earliest line that was not told; nothing when all is told that there is now. What comes later may be earlier
    /// than what was told.
    std::optional<JointLogLine> next();

private:
    std::vector<JointLogSource> m_sources;
};

/// A log and its older files (FILE.1 is the newest of them), all of each.
std::vector<std::pair<QString, qint64>> wholeLog(const QString& path);

/// The same without what is earlier than `since`, as logTime() writes it; found by halving, some twenty short reads a
/// file. A log is in the order of time, but where the clock was set back.
std::vector<std::pair<QString, qint64>> logSince(const QString& path, const std::string& since);

constexpr std::size_t kLongestJointLine = 64U << 10U; ///< bytes; the rest of a line is another one

} // namespace twinhull
