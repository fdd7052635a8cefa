// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/log_json.h"
#include "core/base/result.h"
#include "core/ipc/log_line.h"

#include <QByteArray>

#include <optional>
#include <string>

namespace twinhull {

/// What of a log is wanted, and how.
struct LogChoice {
    bool asJson = false;
    bool hasTimes = false; ///< before each line
    bool wantsOutput = true;
    bool wantsError = true;
    std::string since = {}; ///< as logTime() writes it, compared as text; empty: from the beginning
    std::string until = {};
    QByteArray prefix = {}; ///< before each line: whose it is
};

/// Prints a log: of a container what it wrote to standard output to ours and what it wrote to standard error to ours, a
/// VM's serial console as it is. Of the latter nothing can be left out, for it has no times and one stream.
class LogPrinter {
public:
    LogPrinter(WorkloadKind kind, LogChoice choice);

    /// What was read next; a record without an end is kept for the next call.
    Result<> take(const QByteArray& bytes);
    /// What is left when nothing more will come.
    Result<> rest();

private:
    Result<> flush();
    Result<> takeRecord(std::string_view record);
    bool isWanted(const LogLine& line) const;

    WorkloadKind m_kind;
    LogChoice m_choice;
    LogJson m_json;
    QByteArray m_begun;
    bool m_isInLine[2] = { false, false }; ///< of each stream
    QByteArray m_pending[2]; ///< for standard output, standard error
};

/// Where printing begins so that at most so many lines of a file are left, counted from its end. `lines` becomes what
/// is left to be had of older files. A record that does not end a line counts with the one that does.
Result<qint64> tailOffset(const QString& path, WorkloadKind kind, std::uint64_t& lines);

} // namespace twinhull
