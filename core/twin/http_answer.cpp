// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/http_answer.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace twinhull {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kChunkLineLimitBytes = 1024;

Error corrupt(const char* what)
{
    return Error{ ErrorCode::Corrupt, std::string("the answer ") + what, 0, {} };
}

std::string lower(std::string_view text)
{
    std::string made(text);
    for (char& c : made)
        c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    return made;
}

std::string_view takeLine(std::string_view& text)
{
    const auto end = text.find(kLineEnd);
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + kLineEnd.size());
    return line;
}

Result<HttpHead> parseStatusLine(std::string_view line)
{
    HttpHead head;
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ')
        return corrupt("is no HTTP/1");
    const auto [end, failure] = std::from_chars(line.data() + 9, line.data() + 12, head.status);
    if (failure != std::errc() || end != line.data() + 12)
        return corrupt("has no status");
    head.keepsConnection = line[7] != '0';
    return head;
}

Result<> takeHeader(HttpHead& head, const std::string& name, const std::string& value)
{
    if (name == "content-length") {
        const auto length = parseNumber(value);
        if (!length || *length > kHttpBodyLimitBytes)
            return corrupt("is larger than 64 MiB, or does not know how large");
        head.length = *length;
    } else if (name == "transfer-encoding") {
        if (value != "chunked")
            return corrupt("has an encoding that was not asked for");
        head.isChunked = true;
    } else if (name == "connection") {
        head.keepsConnection = value == "keep-alive" || (value != "close" && head.keepsConnection);
    }
    return {};
}

} // namespace

Result<HttpHead> parseHttpHead(std::string_view text)
{
    auto head = parseStatusLine(takeLine(text));
    while (head && !text.empty()) {
        const auto line = takeLine(text);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            return corrupt("has a header line without a colon");
        if (auto taken = takeHeader(*head, lower(line.substr(0, colon)), lower(trimmed(line.substr(colon + 1))));
            !taken)
            return std::move(taken).error();
    }
    if (head && head->isChunked)
        head->length.reset(); // the chunks decide (RFC 9112, section 6.3)
    if (head && !head->isChunked && !head->length)
        head->keepsConnection = false; // its end is the body's
    return head;
}

Result<bool> HttpAnswers::more()
{
    std::array<char, std::size_t(64) << 10U> buffer;
    const auto count = m_client.receive(buffer);
    if (!count)
        return count.error();
    m_text.append(buffer.data(), *count);
    return *count > 0;
}

Result<std::string> HttpAnswers::upTo(std::string_view mark, std::size_t limit)
{
    while (true) {
        const auto end = m_text.find(mark);
        if (end != std::string::npos) {
            std::string found = m_text.substr(0, end);
            m_text.erase(0, end + mark.size());
            return found;
        }
        if (m_text.size() > limit)
            return corrupt("has a line without an end");
        const auto went = more();
        if (!went)
            return went.error();
        if (!*went)
            return Error{ ErrorCode::Io, "the server ended the connection before its answer was complete", 0, {} };
    }
}

Result<> HttpAnswers::skip(std::uint64_t bytes)
{
    while (true) {
        const auto here = std::size_t(std::min<std::uint64_t>(bytes, m_text.size()));
        m_text.erase(0, here);
        bytes -= here;
        if (bytes == 0)
            return {};
        const auto went = more();
        if (!went)
            return went.error();
        if (!*went)
            return Error{ ErrorCode::Io, "the server ended the connection before its answer was complete", 0, {} };
    }
}

Result<> HttpAnswers::skipChunks()
{
    for (std::uint64_t sum = 0;;) {
        const auto line = upTo(kLineEnd, kChunkLineLimitBytes);
        if (!line)
            return line.error();
        std::uint64_t size = 0;
        const auto [end, failure] = std::from_chars(line->data(), line->data() + line->size(), size, 16);
        if (failure != std::errc() || (end != line->data() + line->size() && *end != ';' && *end != ' '))
            return corrupt("has a chunk without a size");
        if (size > kHttpBodyLimitBytes || (sum += size) > kHttpBodyLimitBytes)
            return corrupt("is larger than 64 MiB");
        if (auto skipped = skip(size + kLineEnd.size()); !skipped || size == 0)
            return skipped; // trailers were not asked for
    }
}

Result<> HttpAnswers::skipRest()
{
    for (std::uint64_t sum = m_text.size();; sum += m_text.size()) {
        m_text.clear();
        const auto went = more();
        if (!went)
            return went.error();
        if (!*went)
            return {};
        if (sum > kHttpBodyLimitBytes)
            return corrupt("is larger than 64 MiB");
    }
}

Result<HttpHead> HttpAnswers::next()
{
    const auto text = upTo(kHeadEnd, kHttpHeadLimitBytes);
    if (!text)
        return text.error();
    auto head = parseHttpHead(*text);
    if (!head)
        return head;
    auto read = head->isChunked ? skipChunks() : head->length ? skip(*head->length) : skipRest();
    if (!read)
        return std::move(read).error();
    return head;
}

} // namespace twinhull
