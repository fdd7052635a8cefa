// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"

#include <QByteArray>

#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace twinhull::test {

/// A program with a terminal of its own, as a person would have it: leader of a session, with sizes and keystrokes.
class PtyProgram {
public:
    PtyProgram(const std::vector<std::string>& arguments, unsigned short columns, unsigned short rows);
    ~PtyProgram(); ///< ends it by force
    PtyProgram(const PtyProgram&) = delete;
    PtyProgram& operator=(const PtyProgram&) = delete;

    pid_t pid() const { return m_pid; }
    void type(const QByteArray& bytes) const;
    void resize(unsigned short columns, unsigned short rows) const;
    /// Reads until `text` was shown after what an earlier call waited for; false past the deadline.
    bool shows(const QByteArray& text, std::chrono::milliseconds deadline = std::chrono::seconds(60));
    /// Reads to the end of it; its exit status, -1 past the deadline.
    int end(std::chrono::milliseconds deadline = std::chrono::seconds(60));
    const QByteArray& screen() const { return m_screen; } ///< all that it showed

private:
    bool readMore(std::chrono::steady_clock::time_point deadline);

    pid_t m_pid = -1;
    UniqueFd m_master;
    QByteArray m_screen;
    qsizetype m_seen = 0;
};

} // namespace twinhull::test
