// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <cstdint>
#include <vector>

namespace twinhull {

/// How long the window kept a person waiting: what its frames took, and how late an event was handled that came at any
/// moment. GUI thread.
class FrameLog {
public:
    /// Something that began at a time (CLOCK_MONOTONIC) and took another, both in nanoseconds.
    struct Span {
        std::int64_t beginNanoseconds = 0;
        std::int64_t nanoseconds = 0;
        std::int64_t cpuNanoseconds = 0; ///< of the GUI thread in it; the rest it was not given a processor, or slept
    };

    static constexpr std::size_t kMostKept = 200'000; ///< an hour of 60 frames a second; later ones are only counted
    static constexpr std::int64_t kStallNanoseconds = 8'000'000; ///< what the GUI thread may be busy at most

    FrameLog();

    /// One painting of the window, with the handling of the input that led to it.
    void addFrame(const Span& frame);
    /// From the sending of an event to its handling.
    void addWait(const Span& wait);

    /// Version 1: of frames and waits the count, the median, the 95th percentile and the longest, in milliseconds (null
    /// where there was none); every frame, and every wait of at least `kStallNanoseconds`, as [begin in seconds, took
    /// in milliseconds, CPU in milliseconds].
    QByteArray toJson() const;

private:
    /// What is told one by one, and what only counts.
    struct Tally {
        std::vector<Span> kept;
        std::vector<std::int64_t> lengths;
        std::size_t count = 0;
        std::int64_t longest = 0;

        void add(const Span& span, bool isTold);
        QByteArray toJson() const;
    };

    std::int64_t m_begunNanoseconds;
    Tally m_frames;
    Tally m_waits;
};

} // namespace twinhull
