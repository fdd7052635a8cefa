// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_files.h"
#include "ui/console/log_index.h"

#include <atomic>
#include <functional>
#include <optional>

namespace twinhull {

/// Reads a log as it grows and marks its lines in an index: records of a container (core/ipc/log_line.h), whose parts
/// become one line, or plain text. Blocks; one thread at a time, any.
class LogReader {
public:
    static constexpr std::size_t kChunkBytes = 1U << 20U;

    LogReader(std::string path, LogIndex& index);

    /// Everything up to the end of the newest file; `more` is called after each chunk with lines. NotFound while there
    /// is no file. A file emptied in place is begun anew, and what it said before is forgotten.
    Result<> readAll(const std::function<void()>& more, const std::atomic<bool>& isCancelled);

    /// Some of the log was removed before it could be read.
    bool hasGap() const { return m_files.hasGap(); }

private:
    Result<std::size_t> readChunk();
    void begin(std::shared_ptr<const UniqueFd> file);
    void markLines(std::string_view lines);
    void markLine(std::string_view line, std::uint64_t offset);

    LogIndex& m_index;
    LogFiles m_files;
    std::shared_ptr<const UniqueFd> m_file;
    std::string m_chunk;
    std::uint64_t m_offset = 0;
    std::vector<LogMark> m_marks;
    bool m_endedInPart = false;
    bool m_wasError = false;
    bool m_mustSkip = false; ///< up to the next line end: begun in the middle of a line
    std::uint64_t m_lineBegin = 0;
};

} // namespace twinhull
