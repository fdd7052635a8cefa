// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/worker_report.h"

#include <algorithm>
#include <charconv>

namespace twinhull {

namespace {

constexpr std::size_t kLineLimit = 64U << 10U;
constexpr int kLastCode = static_cast<int>(ErrorCode::Io);

std::string oneLine(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

/// Cuts the first word off.
std::string_view takeWord(std::string_view& text)
{
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

template <typename T>
T numberOf(std::string_view text)
{
    T number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

std::string progressLine(std::uint64_t done, std::uint64_t total)
{
    return "progress " + std::to_string(done) + " " + std::to_string(total) + "\n";
}

std::string sizeLine(std::uint64_t bytes)
{
    return "size " + std::to_string(bytes) + "\n";
}

std::string errorLines(const Error& error)
{
    std::string lines = "error " + std::to_string(static_cast<int>(error.code)) + " " + std::to_string(error.sysErrno)
        + " " + oneLine(error.message) + "\n";
    if (!error.hint.empty())
        lines += "hint " + oneLine(error.hint) + "\n";
    return lines;
}

void WorkerReport::feed(std::string_view bytes)
{
    m_rest.append(bytes);
    for (auto end = m_rest.find('\n'); end != std::string::npos; end = m_rest.find('\n')) {
        takeLine(std::string_view(m_rest).substr(0, end));
        m_rest.erase(0, end + 1);
    }
    if (m_rest.size() > kLineLimit)
        m_rest.clear();
}

void WorkerReport::takeLine(std::string_view line)
{
    const std::string_view kind = takeWord(line);
    if (kind == "progress") {
        const auto done = numberOf<std::uint64_t>(takeWord(line));
        m_progress(done, numberOf<std::uint64_t>(line));
    } else if (kind == "size") {
        m_sizes.push_back(numberOf<std::uint64_t>(line));
    } else if (kind == "change") {
        if (auto change = parseChange(line))
            m_changes.push_back(*std::move(change));
    } else if (kind == "error") {
        const int code = numberOf<int>(takeWord(line));
        const int number = numberOf<int>(takeWord(line));
        m_error = Error{ static_cast<ErrorCode>(std::clamp(code, 0, kLastCode)), std::string(line), number, {} };
    } else if (kind == "hint" && m_error) {
        m_error->hint = line;
    }
}

} // namespace twinhull
