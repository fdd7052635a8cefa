// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/byte_source.h"

#include "core/oci/image_digest.h"

#include <cerrno>
#include <string>
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

Digest StreamMeasure::digest() const
{
    return *Digest::fromHex(m_hash.result().toHex().toStdString());
}

ByteSource measured(ByteSource source, std::shared_ptr<StreamMeasure> measure)
{
    return [source = std::move(source), measure = std::move(measure)]() -> Result<std::string_view> {
        auto block = source();
        if (block && !block->empty()) {
            measure->m_hash.addData(QByteArrayView(block->data(), static_cast<qsizetype>(block->size())));
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
