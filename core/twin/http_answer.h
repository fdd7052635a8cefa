// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/loopback_client.h"

#include <optional>
#include <string>

namespace twinhull {

constexpr std::size_t kHttpHeadLimitBytes = std::size_t(16) << 10U;
constexpr std::uint64_t kHttpBodyLimitBytes = std::uint64_t(64) << 20U;

/// The head of an answer, as far as its end depends on it (RFC 9112, sections 6 and 9.3).
struct HttpHead {
    int status = 0;
    std::optional<std::uint64_t> length; ///< of the body; nothing: chunked, or to the end of the connection
    bool isChunked = false;
    bool keepsConnection = false;
};

/// From the status line to the last header line, without the empty line. Corrupt for what is no such head, and for a
/// body above the limit.
Result<HttpHead> parseHttpHead(std::string_view text);

/// Reads answers off one connection, one after the other, and forgets their bodies.
class HttpAnswers {
public:
    explicit HttpAnswers(const LoopbackClient& client) : m_client(client) { }

    /// The next, read to its end.
    Result<HttpHead> next();

private:
    Result<bool> more(); ///< false at the end of the connection
    Result<std::string> upTo(std::string_view mark, std::size_t limit);
    Result<> skip(std::uint64_t bytes);
    Result<> skipChunks();
    Result<> skipRest();

    const LoopbackClient& m_client;
    std::string m_text; ///< received, not yet used
};

} // namespace twinhull
