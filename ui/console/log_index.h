// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "ui/console/log_level.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace twinhull {

/// What is known of one line of a log without reading it again. Eight bytes.
struct LogMark {
    std::uint64_t offset : 48; ///< in its file
    std::uint64_t level : 4; ///< LineLevel, as it is shown
    std::uint64_t isError : 1; ///< of the standard error

    LineLevel lineLevel() const { return static_cast<LineLevel>(level); }
};
static_assert(sizeof(LogMark) == 8);

/// Where the lines of a log are, in one file or several: a million of them take 8 MB, whatever is in them. A line has
/// the same number for ever; the oldest are forgotten above kMostLines or kMostBytes. Thread-safe.
class LogIndex {
public:
    static constexpr std::size_t kBlockLines = 1U << 16U;
    static constexpr std::size_t kMostLines = 64 * kBlockLines; ///< 32 MB of marks
    static constexpr std::uint64_t kMostBytes = std::uint64_t{ 1 } << 30U; ///< of the files held open
    static constexpr std::size_t kLongestLineBytes = 32U << 10U; ///< of one line that read() reads

    /// Numbers of the lines that are known: begin <= number < end.
    struct Span {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };
    Span span() const;

    struct Lines {
        std::uint64_t first = 0; ///< not the one that was asked for where that was forgotten
        std::vector<LogMark> marks;
        std::vector<std::string> bytes; ///< as many, of read(): its records, each with its line end; empty: unreadable
    };
    /// The lines from `from` on, `count` at most; fewer where there are fewer.
    Lines marks(std::uint64_t from, std::size_t count) const;
    /// The same with what stands in the files; many at once are for another thread than the GUI's.
    Lines read(std::uint64_t from, std::size_t count) const;

    // For the one who writes it.
    void beginFile(std::shared_ptr<const UniqueFd> file);
    /// Lines of the latest file, which now ends for us at `end`. None: the last line has grown.
    void append(const std::vector<LogMark>& marks, std::uint64_t end);
    void clear(); ///< numbers go on

private:
    struct File {
        std::shared_ptr<const UniqueFd> descriptor;
        std::uint64_t firstLine = 0;
        std::uint64_t end = 0; ///< bytes
    };
    struct Place {
        LogMark mark;
        std::shared_ptr<const UniqueFd> descriptor;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
    };

    LogMark at(std::uint64_t line) const;
    std::pair<std::uint64_t, std::vector<Place>> places(std::uint64_t from, std::size_t count) const;
    std::uint64_t heldBytes() const;
    void forgetOldest();

    mutable std::mutex m_mutex;
    std::deque<std::vector<LogMark>> m_blocks; ///< full ones, but for the last
    std::deque<File> m_files;
    std::uint64_t m_begin = 0;
    std::uint64_t m_end = 0;
};

} // namespace twinhull
