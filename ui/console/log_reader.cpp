// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_reader.h"

#include "core/ipc/log_line.h"

#include <QString>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kLevelBytes = 120; // levelOf() looks no further
constexpr std::size_t kJoinedBytes = 8192; // then a line of parts goes on in the next one, so that all can be shown

/// Most lines have no word that could be a level, and a quick look tells.
bool mayHaveLevel(std::string_view text)
{
    int capitals = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        capitals = text[i] >= 'A' && text[i] <= 'Z' ? capitals + 1 : 0;
        if (capitals == 3)
            return true;
        if (text[i] == '=' || text[i] == ':')
            return true; // level=warning, "level":"error"
    }
    return false;
}

LineLevel levelOfBytes(std::string_view text)
{
    const auto begin = text.substr(0, kLevelBytes);
    return mayHaveLevel(begin) ? levelOf(QString::fromLatin1(begin.data(), static_cast<qsizetype>(begin.size())))
                               : LineLevel::None;
}

LogMark markOf(std::uint64_t offset, LineLevel level, bool isError)
{
    // what a program says on its standard error counts as an error where it does not say itself what it is
    const LineLevel shown = level == LineLevel::None && isError ? LineLevel::Error : level;
    LogMark mark{};
    mark.offset = offset & ((std::uint64_t{ 1 } << 48U) - 1);
    mark.level = static_cast<std::uint64_t>(shown) & 15U;
    mark.isError = isError ? 1 : 0;
    return mark;
}

} // namespace

LogReader::LogReader(std::string path, LogIndex& index) : m_index(index), m_files(std::move(path)) { }

Result<> LogReader::readAll(const std::function<void()>& more, const std::atomic<bool>& isCancelled)
{
    while (!isCancelled) {
        if (m_file) {
            auto count = readChunk();
            if (!count)
                return std::move(count).error();
            if (*count > 0) {
                more();
                continue;
            }
        }
        // at its end; one that has a follower gets no more, but may have got some between these two looks
        auto next = m_files.next();
        if (!next || !*next)
            return next ? Result<>() : Result<>(std::move(next).error());
        while (m_file) {
            auto rest = readChunk();
            if (!rest || *rest == 0)
                break;
            more();
        }
        begin(*std::move(next));
    }
    return {};
}

void LogReader::begin(std::shared_ptr<const UniqueFd> file)
{
    m_file = std::move(file);
    struct stat info { };
    const auto size = ::fstat(m_file->fd(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
    m_offset = size > LogIndex::kMostBytes ? size - LogIndex::kMostBytes : 0;
    m_mustSkip = m_offset > 0;
    m_endedInPart = false;
    m_index.beginFile(m_file);
}

/// How many bytes were taken; 0 at the end. A last line that has no end yet is read again.
Result<std::size_t> LogReader::readChunk()
{
    struct stat info { };
    if (::fstat(m_file->fd(), &info) == 0 && static_cast<std::uint64_t>(info.st_size) < m_offset) {
        m_index.clear();
        begin(m_file);
    }
    m_chunk.resize(kChunkBytes);
    const ssize_t count = ::pread(m_file->fd(), m_chunk.data(), m_chunk.size(), static_cast<off_t>(m_offset));
    if (count < 0)
        return Error::fromErrno(errno, "read the log");
    const std::string_view text(m_chunk.data(), static_cast<std::size_t>(count));
    const auto end = text.rfind('\n');
    std::size_t taken = end == std::string_view::npos ? 0 : end + 1;
    if (taken == 0 && text.size() == kChunkBytes)
        taken = text.size(); // one line as long as that: in pieces
    if (taken == 0)
        return std::size_t{ 0 };
    markLines(text.substr(0, taken));
    m_offset += taken;
    m_index.append(m_marks, m_offset);
    m_marks.clear();
    return taken;
}

void LogReader::markLines(std::string_view lines)
{
    std::size_t at = 0;
    while (at < lines.size()) {
        const auto end = std::min(lines.find('\n', at), lines.size());
        if (!m_mustSkip)
            markLine(lines.substr(at, end - at), m_offset + at);
        m_mustSkip = m_mustSkip && end == lines.size();
        at = end + 1;
    }
}

void LogReader::markLine(std::string_view line, std::uint64_t offset)
{
    const auto record = parseLogLine(line);
    const bool isError = record && record->stream == LogStream::Error;
    const bool continues = record && m_endedInPart && isError == m_wasError && offset - m_lineBegin < kJoinedBytes;
    m_endedInPart = record && record->piece == LogPiece::Part;
    m_wasError = isError;
    if (continues)
        return;
    m_lineBegin = offset;
    m_marks.push_back(markOf(offset, levelOfBytes(record ? record->text : line), isError));
}

} // namespace twinhull
