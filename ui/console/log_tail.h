// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>

namespace twinhull {

/// Reads what is appended to a log file, from its last megabyte on, and goes on in the new file when it was rotated
/// (renamed away and made anew) or emptied.
class LogTail {
public:
    static constexpr std::size_t kBacklogBytes = 1U << 20U; ///< read of a file that is there already
    static constexpr std::size_t kChunkBytes = 256U << 10U; ///< at most in one go

    explicit LogTail(std::string path);

    /// What is new, at most kChunkBytes; empty when nothing is. NotFound while there is no file.
    Result<std::string> readNew();

private:
    Result<> openFile();
    bool isReplaced() const;
    Result<std::string> readChunk();

    std::string m_path;
    UniqueFd m_file;
    off_t m_offset = 0;
    bool m_wasOpen = false;
};

} // namespace twinhull
