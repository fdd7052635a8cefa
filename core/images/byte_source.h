// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

struct sha256_ctx; // nettle's

namespace twinhull {

class Digest;

/// The next bytes of a stream, valid until the next call; empty at the end, and again at every call after it.
using ByteSource = std::function<Result<std::string_view>()>;

/// Reads from where the descriptor stands.
ByteSource sourceOf(UniqueFd file);
/// Of bytes that outlive the source.
ByteSource sourceOf(std::string_view bytes);

/// What ran through a source that was wrapped by measured().
class StreamMeasure {
public:
    StreamMeasure();
    ~StreamMeasure();
    StreamMeasure(const StreamMeasure&) = delete;
    StreamMeasure& operator=(const StreamMeasure&) = delete;

    std::uint64_t bytes() const { return m_bytes; }
    Digest digest() const; ///< sha256 of everything so far

private:
    friend ByteSource measured(ByteSource source, std::shared_ptr<StreamMeasure> measure);

    std::unique_ptr<sha256_ctx> m_hash;
    std::uint64_t m_bytes = 0;
};

/// Hashes and counts on the way through.
ByteSource measured(ByteSource source, std::shared_ptr<StreamMeasure> measure);

/// Corrupt as soon as more than `limitBytes` came: a small file may unpack to any size.
ByteSource limited(ByteSource source, std::uint64_t limitBytes);

/// Calls `check` before every read; its error becomes the source's.
ByteSource checked(ByteSource source, std::function<Result<>()> check);

/// Reads to the end and forgets: a hash wants all bytes, an archive reader stops at the archive's end.
Result<> drain(const ByteSource& source);

/// Everything, limited.
Result<std::string> readAll(const ByteSource& source, std::size_t limitBytes);

} // namespace twinhull
