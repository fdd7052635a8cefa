// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/log_printer.h"

namespace twinhull {

/// The last lines that are wanted of a log whose files are read from the newest to the oldest, each from its end.
class LogTail {
public:
    LogTail(std::uint64_t lines, const LogChoice& choice);

    /// Where printing begins in this file, so that at most so many lines are left with those of the files before.
    qint64 offsetIn(QFile& file);
    /// Whether older files are wanted as well.
    bool wantsMore() const { return m_lines > 0; }

private:
    bool beginsLine(std::string_view record);
    bool isOneTooMany(std::string_view record);

    std::uint64_t m_lines;
    const LogChoice& m_choice;
    bool m_isSeen[2] = { false, false }; ///< a record of each stream
};

/// The files of a log, the oldest first, so that at most so many of the lines that are wanted are left: each stands
/// where they begin, and the newest is always left.
void keepTail(std::vector<OpenLog>& files, std::uint64_t lines, const LogChoice& choice = {});

} // namespace twinhull
