// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/log_line.h"
#include "core/workload/open_logs.h"

#include <QString>

#include <deque>
#include <optional>
#include <string>
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
    /// Its files that are there, the oldest first, each standing where it begins (openLogs()).
    JointLogSource(QString path, std::vector<OpenLog> files);

    /// The next line; null when there is none (yet). Valid until pop().
    const JointLogLine* front();
    void pop() { m_lines.pop_front(); }

private:
    bool readPiece();
    QByteArray nextPiece();
    bool openNewer();
    void takeRecord(std::string_view record);

    QString m_path;
    std::deque<OpenLog> m_files; ///< the last one stays
    QByteArray m_begun; ///< of a record
    std::string m_parts[2]; ///< of a line of each stream
    std::deque<JointLogLine> m_lines;
};

/// The logs of several containers as one, in the order of their times. Holds one piece of each file.
class JointLog {
public:
    /// The number of its lines' source.
    std::size_t add(const QString& path, std::vector<OpenLog> files);

    /// The earliest line that was not told; nothing when all is told that there is now. What comes later may be earlier
    /// than what was told.
    std::optional<JointLogLine> next();

private:
    std::deque<JointLogSource> m_sources; ///< they stay where they are
};

/// Where a log begins without what is earlier than `since`, as logTime() writes it; found by halving, some twenty short
/// reads a file. A log is in the order of time, but where the clock was set back.
void skipEarlier(std::vector<OpenLog>& files, const std::string& since);

constexpr std::size_t kLongestJointLine = 64U << 10U; ///< bytes; the rest of a line is another one

} // namespace twinhull
