// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/log_json.h"
#include "core/base/result.h"
#include "core/ipc/log_line.h"
#include "core/workload/open_logs.h"

#include <QByteArray>

#include <optional>
#include <string>
#include <vector>

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

    bool wantsBothStreams() const { return wantsOutput && wantsError; }
    bool isInTime(const LogLine& line) const;
    bool wants(const LogLine& line) const;
};

/// Prints a log: records of what a program wrote (of a container, and of a VM made from an image) to standard output to
/// ours and to standard error to ours; what else a VM's serial console says (its kernel, a system of its own) as it is.
/// That bears no time: it belongs to the record before it, and to neither stream.
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
    Result<> takeUndated(const QByteArray& bytes);
    Result<> takeBegun();

    WorkloadKind m_kind;
    LogChoice m_choice;
    LogJson m_json;
    QByteArray m_begun;
    bool m_isInUndated = false; ///< in a line of a console whose beginning was printed
    bool m_isLastWanted; ///< of the record before, as to its time
    bool m_isInLine[2] = { false, false }; ///< of each stream
    QByteArray m_pending[2]; ///< for standard output, standard error
};

} // namespace twinhull
