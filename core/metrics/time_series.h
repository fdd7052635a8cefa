// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

/// One reading at one moment of ageClockNanoseconds(); below 0 before this boot.
struct TimePoint {
    std::int64_t monotonicNanoseconds = 0;
    float value = 0;
};

/// The times of up to 128 ticks, shared by all series that were read at them.
class TickBlock {
public:
    static constexpr std::size_t kTicks = 128;

    explicit TickBlock(std::int64_t startNanoseconds) : m_startNanoseconds(startNanoseconds) { }

    std::int64_t at(std::size_t tick) const; ///< to the millisecond
    std::size_t size() const { return m_size; }
    /// False when it is full, or the time does not fit: not after the last one, or 49 days after the first.
    bool append(std::int64_t monotonicNanoseconds);

private:
    std::int64_t m_startNanoseconds;
    std::array<std::uint32_t, kTicks> m_milliseconds{}; ///< since the start
    std::uint8_t m_size = 0;
};

/// A moment on a time axis.
struct Tick {
    std::shared_ptr<const TickBlock> block;
    std::size_t index = 0;

    std::int64_t nanoseconds() const { return block->at(index); }
};

/// Makes ticks. Times must not go back: such a one is the last tick again.
class TimeAxis {
public:
    Tick next(std::int64_t monotonicNanoseconds);

private:
    std::shared_ptr<TickBlock> m_block;
};

/// The readings of an hour, oldest first. While they do not change a reading takes less than a byte, else four to
/// eight; the times are the axis'.
class TimeSeries {
public:
    static constexpr std::int64_t kKeptNanoseconds = 3'600'000'000'000;

    /// What lies before the latest tick, or at it, is dropped.
    void append(const Tick& tick, float value);
    /// Puts `older` in front; what does not lie before the own first reading is left out.
    void prepend(TimeSeries older);
    /// Lets go of what lies before that moment, by whole blocks: some of it stays.
    void dropBefore(std::int64_t nanoseconds);

    bool isEmpty() const { return m_chunks.empty(); }
    std::size_t size() const; ///< counts
    std::optional<TimePoint> first() const;
    std::optional<TimePoint> last() const;

    /// Calls with each reading from that moment on, as a TimePoint; with Before::One also with the one before it.
    enum class Before { None, One };
    template <typename Call>
    void visit(std::int64_t fromNanoseconds, Before before, Call call) const
    {
        std::optional<TimePoint> previous;
        for (std::size_t i = firstChunkFor(fromNanoseconds, before); i < m_chunks.size(); ++i) {
            const Chunk& chunk = m_chunks[i];
            std::size_t rank = 0;
            for (std::size_t tick = chunk.first; tick <= chunk.last; ++tick) {
                if (!chunk.present.test(tick))
                    continue;
                const TimePoint point = chunk.point(tick, rank++);
                const bool isInside = point.monotonicNanoseconds >= fromNanoseconds;
                if (isInside && before == Before::One && previous)
                    call(*previous);
                previous = isInside ? std::nullopt : std::optional(point);
                if (isInside)
                    call(point);
            }
        }
        if (previous && before == Before::One)
            call(*previous); // all lie before
    }

private:
    struct Chunk {
        std::shared_ptr<const TickBlock> block;
        std::bitset<TickBlock::kTicks> present; ///< by tick
        std::uint8_t first = 0; ///< the first tick that is present
        std::uint8_t last = 0;
        float constant = 0; ///< all values, while `values` is null
        std::unique_ptr<float[]> values; ///< else those of the present ticks, with room that grows by doubling

        void put(std::size_t tick, float value);
        void makeRoom(std::size_t count);
        void dropFrom(std::int64_t nanoseconds);
        /// `rank`: how many ticks are present before it.
        TimePoint point(std::size_t tick, std::size_t rank) const
        {
            return { block->at(tick), values ? values[rank] : constant };
        }
    };

    std::size_t firstChunkFor(std::int64_t fromNanoseconds, Before before) const;
    void dropOld();

    std::vector<Chunk> m_chunks; ///< none is empty
};

} // namespace twinhull
