// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/log_line.h"

#include <cstdio>
#include <ctime>

namespace twinhull {

namespace {

constexpr std::size_t kTimeLength = sizeof "2026-01-31T08:15:00.123456789Z" - 1;

std::string_view cutWord(std::string_view& text)
{
    const auto end = text.find(' ');
    const auto word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

} // namespace

std::optional<LogLine> parseLogLine(std::string_view record)
{
    LogLine line;
    line.time = cutWord(record);
    const auto stream = cutWord(record);
    const auto piece = cutWord(record);
    if (line.time.size() != kTimeLength || line.time.back() != 'Z' || (stream != "stdout" && stream != "stderr")
        || (piece != "F" && piece != "P"))
        return std::nullopt;
    line.stream = stream == "stdout" ? LogStream::Output : LogStream::Error;
    line.piece = piece == "F" ? LogPiece::Line : LogPiece::Part;
    line.text = record;
    return line;
}

std::string logTime(std::int64_t wallNanoseconds)
{
    const std::time_t seconds = wallNanoseconds / 1'000'000'000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char date[32];
    const std::size_t length = std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    char fraction[16];
    std::snprintf(fraction, sizeof fraction, ".%09dZ", static_cast<int>(wallNanoseconds % 1'000'000'000));
    return std::string(date, length) + fraction;
}

std::string logRecords(LogStream stream, std::string_view bytes, std::int64_t wallNanoseconds)
{
    const std::string head = logTime(wallNanoseconds) + (stream == LogStream::Output ? " stdout " : " stderr ");
    std::string records;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        records.append(head).append(end == std::string_view::npos ? "P " : "F ");
        records.append(bytes.substr(0, end)).push_back('\n');
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    return records;
}

} // namespace twinhull
