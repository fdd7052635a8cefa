// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_tail.h"

#include "core/base/files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

LogTail::LogTail(std::string path) : m_path(std::move(path)) { }

Result<std::string> LogTail::readNew()
{
    if (!m_file) {
        if (auto opened = openFile(); !opened)
            return std::move(opened).error();
    }
    auto chunk = readChunk();
    if (!chunk || !chunk->empty() || !isReplaced())
        return chunk;
    m_file.reset();
    if (auto opened = openFile(); !opened)
        return std::move(opened).error();
    return readChunk();
}

Result<> LogTail::openFile()
{
    // O_NONBLOCK: opening a FIFO in the place of a log must not hang.
    auto file = openPath(m_path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file)
        return std::move(file).error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + m_path);
    if (!S_ISREG(info.st_mode))
        return Error{ ErrorCode::Unsupported, m_path + " is not a file", 0, {} };
    m_file = *std::move(file);
    const auto backlog = static_cast<off_t>(kBacklogBytes);
    m_offset = m_wasOpen ? 0 : std::max<off_t>(0, info.st_size - backlog);
    m_wasOpen = true;
    return {};
}

bool LogTail::isReplaced() const
{
    struct stat ours { };
    struct stat there { };
    if (::fstat(m_file.fd(), &ours) != 0 || ::stat(m_path.c_str(), &there) != 0)
        return false; // renamed away and not made anew yet
    return ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
}

Result<std::string> LogTail::readChunk()
{
    struct stat info { };
    if (::fstat(m_file.fd(), &info) == 0 && info.st_size < m_offset)
        m_offset = 0; // emptied in place
    std::string chunk(kChunkBytes, '\0');
    const ssize_t count = ::pread(m_file.fd(), chunk.data(), chunk.size(), m_offset);
    if (count < 0)
        return Error::fromErrno(errno, "read " + m_path);
    m_offset += count;
    chunk.resize(static_cast<std::size_t>(count));
    return chunk;
}

} // namespace twinhull
