// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/log_line.h"
#include "core/ipc/upkeep.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull {

/// A container's log (core/ipc/log_line.h). At the limit the file becomes PATH.1, that one PATH.2 and so on, and the
/// oldest goes: at most maxFiles times maxBytes are on the disk, whatever a container says.
class LogFile {
public:
    /// Appends to what is there.
    static Result<LogFile> open(std::string path, const LogLimits& limits);

    /// What was read from the stream in one go. Cuts it into records and writes them at once; a last line without an
    /// end is a part.
    Result<> append(LogStream stream, std::string_view bytes, std::int64_t wallNanoseconds);

    /// None of what was appended since it was opened went with an older file, or could not be written.
    bool hasAll() const { return m_isWhole && m_rotations < m_limits.maxFiles; }

private:
    LogFile(std::string path, const LogLimits& limits, UniqueFd file, std::uint64_t sizeBytes);
    Result<> writeRecords();
    Result<> writeAndRotate();
    Result<> rotate();

    std::string m_path;
    LogLimits m_limits;
    UniqueFd m_file;
    std::uint64_t m_sizeBytes;
    std::uint64_t m_rotations = 0;
    bool m_isWhole = true;
    std::string m_records; ///< kept for its memory
};

} // namespace twinhull
