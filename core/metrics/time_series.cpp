// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/time_series.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>

namespace twinhull {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::size_t kLeastRoom = 8;

} // namespace

std::int64_t TickBlock::at(std::size_t tick) const
{
    return m_startNanoseconds + m_milliseconds[tick] * kMillisecond;
}

bool TickBlock::append(std::int64_t monotonicNanoseconds)
{
    const std::int64_t milliseconds = (monotonicNanoseconds - m_startNanoseconds) / kMillisecond;
    const bool isRising = m_size == 0 || milliseconds > m_milliseconds[m_size - 1U];
    if (m_size == kTicks || milliseconds < 0 || !isRising || milliseconds > std::numeric_limits<std::uint32_t>::max())
        return false;
    m_milliseconds[m_size++] = static_cast<std::uint32_t>(milliseconds);
    return true;
}

Tick TimeAxis::next(std::int64_t monotonicNanoseconds)
{
    const bool isBack = m_block && monotonicNanoseconds < m_block->at(m_block->size() - 1) + kMillisecond;
    if (!isBack && (!m_block || !m_block->append(monotonicNanoseconds))) {
        m_block = std::make_shared<TickBlock>(monotonicNanoseconds);
        (void)m_block->append(monotonicNanoseconds); // the first always fits
    }
    return { m_block, m_block->size() - 1 };
}

void TimeSeries::Chunk::put(std::size_t tick, float value)
{
    if (present.none()) {
        constant = value;
        first = static_cast<std::uint8_t>(tick);
    }
    const std::size_t count = present.count();
    if (values || value != constant) {
        makeRoom(count);
        values[count] = value;
    }
    present.set(tick);
    last = static_cast<std::uint8_t>(tick);
}

/// For one more than `count` that are there.
void TimeSeries::Chunk::makeRoom(std::size_t count)
{
    const std::size_t room = std::max(kLeastRoom, std::bit_ceil(count));
    if (values && count < room)
        return;
    auto more = std::make_unique<float[]>(count < room ? room : 2 * room);
    if (values)
        std::copy_n(values.get(), count, more.get());
    else
        std::fill_n(more.get(), count, constant);
    values = std::move(more);
}

void TimeSeries::Chunk::dropFrom(std::int64_t nanoseconds)
{
    for (std::size_t tick = 0; tick < block->size(); ++tick) {
        if (block->at(tick) >= nanoseconds)
            present.reset(tick);
        else if (present.test(tick))
            last = static_cast<std::uint8_t>(tick);
    }
}

void TimeSeries::append(const Tick& tick, float value)
{
    const bool isNewBlock = isEmpty() || m_chunks.back().block != tick.block;
    if (isNewBlock ? !isEmpty() && tick.nanoseconds() <= last()->monotonicNanoseconds
                   : tick.index <= m_chunks.back().last)
        return;
    if (isNewBlock) {
        m_chunks.reserve(m_chunks.size() + 1); // one in two minutes: doubling would keep room for nobody
        m_chunks.emplace_back();
        m_chunks.back().block = tick.block;
        dropOld();
    }
    m_chunks.back().put(tick.index, value);
}

void TimeSeries::prepend(TimeSeries older)
{
    const auto own = first();
    const auto isLater = [&own](const Chunk& chunk) { return own && chunk.block->at(0) >= own->monotonicNanoseconds; };
    auto& chunks = older.m_chunks;
    chunks.erase(std::find_if(chunks.begin(), chunks.end(), isLater), chunks.end());
    if (own && !chunks.empty()) {
        chunks.back().dropFrom(own->monotonicNanoseconds);
        if (chunks.back().present.none())
            chunks.pop_back();
    }
    std::move(m_chunks.begin(), m_chunks.end(), std::back_inserter(chunks));
    m_chunks = std::move(chunks);
    if (!isEmpty())
        dropOld();
}

void TimeSeries::dropBefore(std::int64_t nanoseconds)
{
    const auto isKept = [nanoseconds](const Chunk& chunk) { return chunk.block->at(chunk.last) >= nanoseconds; };
    const auto kept = std::find_if(m_chunks.begin(), m_chunks.end(), isKept);
    if (kept == m_chunks.begin())
        return;
    m_chunks.erase(m_chunks.begin(), kept);
    m_chunks.shrink_to_fit();
}

/// With a chunk that may still be empty at the end.
void TimeSeries::dropOld()
{
    const std::int64_t newest = m_chunks.back().block->at(m_chunks.back().block->size() - 1);
    const auto isKept = [newest](const Chunk& chunk) {
        return chunk.present.none() || chunk.block->at(chunk.last) >= newest - kKeptNanoseconds;
    };
    m_chunks.erase(m_chunks.begin(), std::find_if(m_chunks.begin(), m_chunks.end(), isKept));
}

std::size_t TimeSeries::size() const
{
    std::size_t count = 0;
    for (const Chunk& chunk : m_chunks)
        count += chunk.present.count();
    return count;
}

std::optional<TimePoint> TimeSeries::first() const
{
    if (isEmpty())
        return std::nullopt;
    return m_chunks.front().point(m_chunks.front().first, 0);
}

std::optional<TimePoint> TimeSeries::last() const
{
    if (isEmpty())
        return std::nullopt;
    const Chunk& chunk = m_chunks.back();
    return chunk.point(chunk.last, chunk.present.count() - 1);
}

/// The first one with a reading from then on; with Before::One the one before it, whose last reading is wanted.
std::size_t TimeSeries::firstChunkFor(std::int64_t fromNanoseconds, Before before) const
{
    const auto endsBefore
        = [fromNanoseconds](const Chunk& chunk) { return chunk.block->at(chunk.last) < fromNanoseconds; };
    const auto found = std::partition_point(m_chunks.begin(), m_chunks.end(), endsBefore);
    const auto index = static_cast<std::size_t>(found - m_chunks.begin());
    return before == Before::One && index > 0 ? index - 1 : index;
}

} // namespace twinhull
