// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/log_line.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull {

/// A container's log (core/ipc/log_line.h). At the limit the file becomes PATH.1, in place of an older one: at most
/// twice the limit is on the disk, whatever a container says.
class LogFile {
public:
    /// Appends to what is there. `limitBytes` is of one file.
    static Result<LogFile> open(std::string path, std::uint64_t limitBytes);

    /// What was read from the stream in one go. Cuts it into records and writes them at once; a last line without an
    /// end is a part.
    Result<> append(LogStream stream, std::string_view bytes, std::int64_t wallNanoseconds);

private:
    LogFile(std::string path, std::uint64_t limitBytes, UniqueFd file, std::uint64_t sizeBytes);
    Result<> rotate();

    std::string m_path;
    std::uint64_t m_limitBytes;
    UniqueFd m_file;
    std::uint64_t m_sizeBytes;
    std::string m_records; ///< kept for its memory
};

} // namespace twinhull
