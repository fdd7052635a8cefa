// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/byte_source.h"

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twinhull {

/// One member of an archive, as its author claims it to be. Nothing in it may be trusted.
struct ArchiveEntry {
    enum class Type { File, Folder, Symlink, HardLink, Fifo, CharacterDevice, BlockDevice, Other };

    std::string path;
    Type type = Type::Other;
    std::string linkTarget; ///< of symbolic and hard links
    mode_t permissions = 0; ///< 07777
    uid_t uid = 0;
    gid_t gid = 0;
    std::uint64_t bytes = 0;
    timespec modified{};
    std::vector<std::pair<std::string, std::string>> attributes; ///< extended attributes by name
};

/// A piece of a file; what lies between two pieces is a hole.
struct ArchiveBlock {
    std::string_view bytes;
    std::int64_t offset = 0;
};

/// Reads a stream once, from front to back. Compression (gzip, zstd, xz, bzip2, lz4) is recognised by itself.
class ArchiveReader {
public:
    enum class Format {
        Tar,
        DebianPackage, ///< ar (deb(5))
        Bare, ///< no archive at all: one entry, the decompressed stream
    };

    static Result<ArchiveReader> open(ByteSource source, Format format);
    ArchiveReader(ArchiveReader&&) noexcept;
    ArchiveReader& operator=(ArchiveReader&&) noexcept;
    ~ArchiveReader();

    /// Nothing at the end. Corrupt where the archive is truncated or malformed; an error of the source as it is.
    Result<std::optional<ArchiveEntry>> next();
    /// The next piece of the entry; nothing at its end.
    Result<std::optional<ArchiveBlock>> readBlock();
    /// The entry's content as a stream, holes as zeros. The reader must outlive it.
    ByteSource content();

private:
    struct Private;
    explicit ArchiveReader(std::unique_ptr<Private> d);

    std::unique_ptr<Private> m_d;
};

/// The stream without its compression, whatever that is.
Result<ByteSource> decompressed(ByteSource source);

} // namespace twinhull
