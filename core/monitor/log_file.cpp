// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/log_file.h"

#include "core/base/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

std::string olderLog(const std::string& path, unsigned number)
{
    return path + "." + std::to_string(number);
}

Result<UniqueFd> openLog(const std::string& path)
{
    return openPath(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
}

} // namespace

LogFile::LogFile(std::string path, const LogLimits& limits, UniqueFd file, std::uint64_t sizeBytes)
    : m_path(std::move(path)), m_limits(limits), m_file(std::move(file)), m_sizeBytes(sizeBytes)
{
}

Result<LogFile> LogFile::open(std::string path, const LogLimits& limits)
{
    auto file = openLog(path);
    if (!file)
        return std::move(file).error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + path);
    for (unsigned n = limits.maxFiles; ::unlink(olderLog(path, n).c_str()) == 0; ++n) { } // more were kept before
    return LogFile(std::move(path), limits, *std::move(file), static_cast<std::uint64_t>(info.st_size));
}

Result<> LogFile::append(LogStream stream, std::string_view bytes, std::int64_t wallNanoseconds)
{
    const std::string head = logTime(wallNanoseconds) + (stream == LogStream::Output ? " stdout " : " stderr ");
    m_records.clear();
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const std::size_t recordBytes = head.size() + 2 + bytes.substr(0, end).size() + 1;
        const std::uint64_t before = m_sizeBytes + m_records.size();
        if (before > 0 && before + recordBytes > m_limits.maxBytes) { // many short lines grow by their heads
            if (auto rotated = writeAndRotate(); !rotated) {
                m_isWhole = false; // the rest of the bytes
                return rotated;
            }
        }
        m_records.append(head).append(end == std::string_view::npos ? "P " : "F ");
        m_records.append(bytes.substr(0, end)).push_back('\n');
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    return writeRecords();
}

Result<> LogFile::writeRecords()
{
    auto written = writeAll(m_file, m_records);
    if (written)
        m_sizeBytes += m_records.size();
    m_isWhole = m_isWhole && written;
    m_records.clear();
    return std::move(written).withContext(m_path);
}

Result<> LogFile::writeAndRotate()
{
    if (auto written = writeRecords(); !written)
        return written;
    return rotate();
}

Result<> LogFile::rotate()
{
    ++m_rotations;
    for (unsigned n = m_limits.maxFiles - 1; n > 1; --n)
        (void)::rename(olderLog(m_path, n - 1).c_str(), olderLog(m_path, n).c_str()); // there may be fewer
    if (m_limits.maxFiles == 1) {
        if (::unlink(m_path.c_str()) != 0) // not cut: who reads it keeps the whole
            return Error::fromErrno(errno, "remove " + m_path);
    } else if (::rename(m_path.c_str(), olderLog(m_path, 1).c_str()) != 0)
        return Error::fromErrno(errno, "rename " + m_path);
    auto file = openLog(m_path);
    if (!file)
        return std::move(file).error();
    m_file = *std::move(file);
    m_sizeBytes = 0;
    return {};
}

} // namespace twinhull
