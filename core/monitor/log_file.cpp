// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/log_file.h"

#include "core/base/files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

Result<UniqueFd> openLog(const std::string& path)
{
    return openPath(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
}

} // namespace

LogFile::LogFile(std::string path, std::uint64_t limitBytes, UniqueFd file, std::uint64_t sizeBytes)
    : m_path(std::move(path)), m_limitBytes(limitBytes), m_file(std::move(file)), m_sizeBytes(sizeBytes)
{
}

Result<LogFile> LogFile::open(std::string path, std::uint64_t limitBytes)
{
    auto file = openLog(path);
    if (!file)
        return std::move(file).error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + path);
    return LogFile(std::move(path), limitBytes, *std::move(file), static_cast<std::uint64_t>(info.st_size));
}

Result<> LogFile::append(LogStream stream, std::string_view bytes, std::int64_t wallNanoseconds)
{
    const std::string head = logTime(wallNanoseconds) + (stream == LogStream::Output ? " stdout " : " stderr ");
    m_records.clear();
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        m_records.append(head).append(end == std::string_view::npos ? "P " : "F ");
        m_records.append(bytes.substr(0, end)).push_back('\n');
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    if (m_sizeBytes > 0 && m_sizeBytes + m_records.size() > m_limitBytes) {
        if (auto rotated = rotate(); !rotated)
            return rotated;
    }
    auto written = writeAll(m_file, m_records);
    if (written)
        m_sizeBytes += m_records.size();
    return std::move(written).withContext(m_path);
}

Result<> LogFile::rotate()
{
    if (::rename(m_path.c_str(), (m_path + ".1").c_str()) != 0)
        return Error::fromErrno(errno, "rename " + m_path);
    auto file = openLog(m_path);
    if (!file)
        return std::move(file).error();
    m_file = *std::move(file);
    m_sizeBytes = 0;
    return {};
}

} // namespace twinhull
