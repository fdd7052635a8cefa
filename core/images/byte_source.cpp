// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/byte_source.h"

#include "core/oci/image_digest.h"

#include <nettle/sha2.h>

#include <array>
#include <cerrno>
#include <string>
#include <type_traits>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kBlockBytes = 256U << 10U;

struct FileStream {
    UniqueFd file;
    std::vector<char> block = std::vector<char>(kBlockBytes);
};

Result<std::string_view> readBlock(FileStream& stream)
{
    for (;;) {
        const ssize_t count = ::read(stream.file.fd(), stream.block.data(), stream.block.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "read");
        return std::string_view(stream.block.data(), static_cast<std::size_t>(count));
    }
}

/// nettle 4 left the length out.
template <typename Function>
void finishSha256(Function function, sha256_ctx& hash, std::array<std::uint8_t, SHA256_DIGEST_SIZE>& bytes)
{
    if constexpr (std::is_invocable_v<Function, sha256_ctx*, std::size_t, std::uint8_t*>)
        function(&hash, bytes.size(), bytes.data());
    else
        function(&hash, bytes.data());
}

} // namespace

ByteSource sourceOf(UniqueFd file)
{
    auto stream = std::make_shared<FileStream>();
    stream->file = std::move(file);
    return [stream] { return readBlock(*stream); };
}

ByteSource sourceOf(std::string_view bytes)
{
    return [bytes]() mutable -> Result<std::string_view> { return std::exchange(bytes, {}); };
}

StreamMeasure::StreamMeasure() : m_hash(std::make_unique<sha256_ctx>())
{
    sha256_init(m_hash.get());
}

StreamMeasure::~StreamMeasure() = default;

/// Of a copy: more may come.
Digest StreamMeasure::digest() const
{
    sha256_ctx hash = *m_hash;
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> bytes{};
    finishSha256(&sha256_digest, hash, bytes);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t byte : bytes)
        hex.append({ kDigits[byte >> 4U], kDigits[byte & 15U] });
    return *Digest::fromHex(hex);
}

ByteSource measured(ByteSource source, std::shared_ptr<StreamMeasure> measure)
{
    return [source = std::move(source), measure = std::move(measure)]() -> Result<std::string_view> {
        auto block = source();
        if (block && !block->empty()) {
            sha256_update(measure->m_hash.get(), block->size(), reinterpret_cast<const std::uint8_t*>(block->data()));
            measure->m_bytes += block->size();
        }
        return block;
    };
}

ByteSource limited(ByteSource source, std::uint64_t limitBytes)
{
    return [source = std::move(source), limitBytes, seen = std::uint64_t{ 0 }]() mutable -> Result<std::string_view> {
        auto block = source();
        if (!block)
            return block;
        seen += block->size();
        if (seen > limitBytes)
            return Error{ ErrorCode::Corrupt, "larger than " + std::to_string(limitBytes) + " bytes", 0, {} };
        return block;
    };
}

ByteSource checked(ByteSource source, std::function<Result<>()> check)
{
    return [source = std::move(source), check = std::move(check)]() -> Result<std::string_view> {
        if (auto ok = check(); !ok)
            return std::move(ok).error();
        return source();
    };
}

Result<> drain(const ByteSource& source)
{
    for (;;) {
        auto block = source();
        if (!block)
            return std::move(block).error();
        if (block->empty())
            return {};
    }
}

Result<std::string> readAll(const ByteSource& source, std::size_t limitBytes)
{
    std::string text;
    const ByteSource guarded = limited(source, limitBytes);
    for (;;) {
        auto block = guarded();
        if (!block)
            return std::move(block).error();
        if (block->empty())
            return text;
        text.append(*block);
    }
}

} // namespace twinhull
