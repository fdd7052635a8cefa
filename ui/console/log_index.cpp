// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_index.h"

#include <unistd.h>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::uint64_t kMostBytesAtOnce = 4U << 20U;

std::string bytesOf(int descriptor, std::uint64_t offset, std::uint64_t length)
{
    std::string text(static_cast<std::size_t>(length), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count
            = ::pread(descriptor, text.data() + done, text.size() - done, static_cast<off_t>(offset + done));
        if (count <= 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
}

} // namespace

LogIndex::Span LogIndex::span() const
{
    const std::lock_guard lock(m_mutex);
    return { m_begin, m_end };
}

LogMark LogIndex::at(std::uint64_t line) const
{
    const auto index = static_cast<std::size_t>(line - m_begin);
    return m_blocks[index / kBlockLines][index % kBlockLines];
}

LogIndex::Lines LogIndex::marks(std::uint64_t from, std::size_t count) const
{
    const std::lock_guard lock(m_mutex);
    Lines lines{ std::max(from, m_begin), {}, {} };
    for (std::uint64_t line = lines.first; line < m_end && lines.marks.size() < count; ++line)
        lines.marks.push_back(at(line));
    return lines;
}

std::pair<std::uint64_t, std::vector<LogIndex::Place>> LogIndex::places(std::uint64_t from, std::size_t count) const
{
    const std::lock_guard lock(m_mutex);
    const std::uint64_t first = std::max(from, m_begin);
    std::vector<Place> all;
    auto file = m_files.begin();
    for (std::uint64_t line = first; line < m_end && all.size() < count; ++line) {
        while (std::next(file) != m_files.end() && std::next(file)->firstLine <= line)
            ++file;
        const bool isLastOfFile
            = line + 1 == m_end || (std::next(file) != m_files.end() && std::next(file)->firstLine == line + 1);
        const LogMark mark = at(line);
        const std::uint64_t end = isLastOfFile ? file->end : std::uint64_t{ at(line + 1).offset };
        const std::uint64_t length = std::min<std::uint64_t>(end - mark.offset, kLongestLineBytes);
        all.push_back({ mark, file->descriptor, mark.offset, length });
    }
    return { first, std::move(all) };
}

LogIndex::Lines LogIndex::read(std::uint64_t from, std::size_t count) const
{
    const auto [begin, all] = places(from, count);
    Lines lines{ begin, {}, {} };
    // what stands together is read together
    for (std::size_t first = 0; first < all.size();) {
        std::size_t last = first;
        std::uint64_t length = all[first].length;
        while (last + 1 < all.size() && all[last + 1].descriptor == all[first].descriptor
            && all[last + 1].offset == all[first].offset + length && length < kMostBytesAtOnce) {
            ++last;
            length += all[last].length;
        }
        const std::string text = bytesOf(all[first].descriptor->fd(), all[first].offset, length);
        std::size_t at = 0;
        for (; first <= last; ++first) {
            const auto own = static_cast<std::size_t>(all[first].length);
            lines.marks.push_back(all[first].mark);
            lines.bytes.push_back(at < text.size() ? text.substr(at, own) : std::string());
            at += own;
        }
    }
    return lines;
}

void LogIndex::beginFile(std::shared_ptr<const UniqueFd> file)
{
    const std::lock_guard lock(m_mutex);
    if (!m_files.empty() && m_files.back().firstLine == m_end)
        m_files.pop_back(); // nothing was in it
    m_files.push_back({ std::move(file), m_end, 0 });
}

void LogIndex::append(const std::vector<LogMark>& marks, std::uint64_t end)
{
    const std::lock_guard lock(m_mutex);
    for (const LogMark& mark : marks) {
        if (m_blocks.empty() || m_blocks.back().size() == kBlockLines) {
            m_blocks.emplace_back();
            m_blocks.back().reserve(kBlockLines);
        }
        m_blocks.back().push_back(mark);
    }
    m_end += marks.size();
    m_files.back().end = end;
    while (m_blocks.size() > 1 && (m_end - m_begin > kMostLines || heldBytes() > kMostBytes))
        forgetOldest();
}

void LogIndex::clear()
{
    const std::lock_guard lock(m_mutex);
    m_blocks.clear();
    m_files.clear();
    m_begin = m_end;
}

std::uint64_t LogIndex::heldBytes() const
{
    std::uint64_t sum = 0;
    for (const File& file : m_files)
        sum += file.end;
    return sum - at(m_begin).offset;
}

void LogIndex::forgetOldest()
{
    m_begin += m_blocks.front().size();
    m_blocks.pop_front();
    while (m_files.size() > 1 && m_files[1].firstLine <= m_begin)
        m_files.pop_front(); // its descriptor is closed, and where it was removed its place on the disk is free
}

} // namespace twinhull
