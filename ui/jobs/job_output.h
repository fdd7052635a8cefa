// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace twinhull {

class Job;

/// What the programs of a job say, from its thread to whoever looks at it, when and as often as they like. Of more than
/// anybody can read the newest is kept, and a line that is too long is broken.
class JobOutput {
public:
    void add(std::string_view bytes); ///< thread-safe

    struct Piece {
        std::string text;
        std::uint64_t end = 0; ///< where the next one begins
        bool isCut = false; ///< text between `begin` and this was dropped
    };
    Piece from(std::uint64_t begin) const; ///< thread-safe
    bool isEmpty() const; ///< thread-safe

private:
    mutable std::mutex m_mutex;
    std::string m_text;
    std::uint64_t m_end = 0; ///< bytes that came in all, with the ends of lines that were put in
    std::size_t m_lineBytes = 0; ///< of the line that is being said
};

/// Lives as long as the job does, at the least.
void attachOutput(Job& job, std::shared_ptr<JobOutput> output);
/// Null where the job has none.
std::shared_ptr<const JobOutput> outputOf(const Job& job);

/// Bytes as lines of plain text: sequences that control a terminal are left out, and of a line that was written over
/// the last state stays.
QString plainText(std::string_view bytes);

} // namespace twinhull
