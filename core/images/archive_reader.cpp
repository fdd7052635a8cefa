// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kAttributeLimit = 64; // a file
constexpr std::size_t kAttributeBytesLimit = 64U << 10U; // XATTR_SIZE_MAX (limits.h)
constexpr std::array<char, 65536> kZeros{};

struct ReadCloser {
    void operator()(archive* handle) const noexcept { ::archive_read_free(handle); }
};

ArchiveEntry::Type typeOf(archive_entry* entry)
{
    if (::archive_entry_hardlink(entry) != nullptr)
        return ArchiveEntry::Type::HardLink;
    switch (::archive_entry_filetype(entry)) {
    case AE_IFREG:
        return ArchiveEntry::Type::File;
    case AE_IFDIR:
        return ArchiveEntry::Type::Folder;
    case AE_IFLNK:
        return ArchiveEntry::Type::Symlink;
    case AE_IFIFO:
        return ArchiveEntry::Type::Fifo;
    case AE_IFCHR:
        return ArchiveEntry::Type::CharacterDevice;
    case AE_IFBLK:
        return ArchiveEntry::Type::BlockDevice;
    default:
        return ArchiveEntry::Type::Other;
    }
}

/// Bytes where the locale can show them, else the archive's UTF-8.
std::string textOr(const char* bytes, const char* utf8)
{
    if (bytes != nullptr)
        return bytes;
    return utf8 != nullptr ? utf8 : "";
}

Result<> addAttributes(archive_entry* from, ArchiveEntry& to)
{
    ::archive_entry_xattr_reset(from);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t bytes = 0;
    while (::archive_entry_xattr_next(from, &name, &value, &bytes) == ARCHIVE_OK) {
        if (name == nullptr)
            continue;
        if (bytes > kAttributeBytesLimit || to.attributes.size() == kAttributeLimit)
            return Error{ ErrorCode::Corrupt, "too many or too large extended attributes", 0, {} };
        to.attributes.emplace_back(name, std::string(static_cast<const char*>(value), bytes));
    }
    return {};
}

Result<ArchiveEntry> entryOf(archive_entry* from)
{
    ArchiveEntry entry;
    entry.path = textOr(::archive_entry_pathname(from), ::archive_entry_pathname_utf8(from));
    entry.type = typeOf(from);
    if (entry.type == ArchiveEntry::Type::HardLink)
        entry.linkTarget = textOr(::archive_entry_hardlink(from), ::archive_entry_hardlink_utf8(from));
    else if (entry.type == ArchiveEntry::Type::Symlink)
        entry.linkTarget = textOr(::archive_entry_symlink(from), ::archive_entry_symlink_utf8(from));
    entry.permissions = ::archive_entry_perm(from) & 07777U;
    entry.uid = static_cast<uid_t>(::archive_entry_uid(from));
    entry.gid = static_cast<gid_t>(::archive_entry_gid(from));
    entry.bytes = static_cast<std::uint64_t>(std::max<la_int64_t>(0, ::archive_entry_size(from)));
    entry.modified = { ::archive_entry_mtime(from), ::archive_entry_mtime_nsec(from) };
    if (auto added = addAttributes(from, entry); !added)
        return std::move(added).error().withContext(entry.path);
    return entry;
}

void allowCompressions(archive* handle)
{
    // Not archive_read_support_filter_all(): it starts programs for some.
    ::archive_read_support_filter_gzip(handle);
    ::archive_read_support_filter_zstd(handle);
    ::archive_read_support_filter_xz(handle);
    ::archive_read_support_filter_lzma(handle);
    ::archive_read_support_filter_bzip2(handle);
    ::archive_read_support_filter_lz4(handle);
}

void allowFormat(archive* handle, ArchiveReader::Format format)
{
    switch (format) {
    case ArchiveReader::Format::Tar:
        ::archive_read_support_format_tar(handle);
        return;
    case ArchiveReader::Format::DebianPackage:
        ::archive_read_support_format_ar(handle);
        return;
    case ArchiveReader::Format::Bare:
        ::archive_read_support_format_raw(handle);
        ::archive_read_support_format_empty(handle);
        return;
    }
}

} // namespace

struct ArchiveReader::Private {
    ByteSource source;
    std::optional<Error> sourceError;
    std::unique_ptr<archive, ReadCloser> handle;

    static la_ssize_t read(archive* handle, void* self, const void** block)
    {
        auto* d = static_cast<Private*>(self);
        auto bytes = d->source();
        if (!bytes) {
            d->sourceError = std::move(bytes).error();
            ::archive_set_error(handle, EIO, "source");
            return -1;
        }
        *block = bytes->data();
        return static_cast<la_ssize_t>(bytes->size());
    }

    Error failure() const
    {
        if (sourceError)
            return *sourceError;
        const char* reason = ::archive_error_string(handle.get());
        return Error{ ErrorCode::Corrupt, reason != nullptr ? reason : "not a readable archive", 0, {} };
    }
};

ArchiveReader::ArchiveReader(std::unique_ptr<Private> d) : m_d(std::move(d)) { }
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;
ArchiveReader::~ArchiveReader() = default;

Result<ArchiveReader> ArchiveReader::open(ByteSource source, Format format)
{
    auto d = std::make_unique<Private>();
    d->source = std::move(source);
    d->handle.reset(::archive_read_new());
    if (!d->handle)
        return Error{ ErrorCode::OutOfMemory, "open archive", ENOMEM, {} };
    allowCompressions(d->handle.get());
    allowFormat(d->handle.get(), format);
    if (::archive_read_open(d->handle.get(), d.get(), nullptr, &Private::read, nullptr) != ARCHIVE_OK)
        return d->failure().withContext("open archive");
    return ArchiveReader(std::move(d));
}

Result<std::optional<ArchiveEntry>> ArchiveReader::next()
{
    archive_entry* entry = nullptr;
    const int status = ::archive_read_next_header(m_d->handle.get(), &entry);
    if (status == ARCHIVE_EOF)
        return std::optional<ArchiveEntry>();
    if (status < ARCHIVE_WARN || m_d->sourceError)
        return m_d->failure();
    auto read = entryOf(entry);
    if (!read)
        return std::move(read).error();
    return std::optional(*std::move(read));
}

Result<std::optional<ArchiveBlock>> ArchiveReader::readBlock()
{
    const void* bytes = nullptr;
    std::size_t count = 0;
    la_int64_t offset = 0;
    const int status = ::archive_read_data_block(m_d->handle.get(), &bytes, &count, &offset);
    if (status == ARCHIVE_EOF)
        return std::optional<ArchiveBlock>();
    if (status < ARCHIVE_WARN || m_d->sourceError)
        return m_d->failure();
    return std::optional(ArchiveBlock{ { static_cast<const char*>(bytes), count }, offset });
}

ByteSource ArchiveReader::content()
{
    return [this, position = std::int64_t{ 0 }, waiting = std::optional<ArchiveBlock>(),
               ended = false]() mutable -> Result<std::string_view> {
        while (!ended && (!waiting || waiting->bytes.empty())) {
            auto block = readBlock();
            if (!block)
                return std::move(block).error();
            waiting = *block;
            ended = !waiting;
        }
        if (ended)
            return std::string_view();
        if (position < waiting->offset) {
            const auto hole = std::min<std::int64_t>(waiting->offset - position, kZeros.size());
            position += hole;
            return std::string_view(kZeros.data(), static_cast<std::size_t>(hole));
        }
        position = waiting->offset + static_cast<std::int64_t>(waiting->bytes.size());
        return std::exchange(waiting, std::nullopt)->bytes;
    };
}

Result<ByteSource> decompressed(ByteSource source)
{
    auto opened = ArchiveReader::open(std::move(source), ArchiveReader::Format::Bare);
    if (!opened)
        return std::move(opened).error();
    auto reader = std::make_shared<ArchiveReader>(*std::move(opened));
    auto entry = reader->next();
    if (!entry)
        return std::move(entry).error();
    if (!*entry)
        return sourceOf(std::string_view());
    return ByteSource([reader, content = reader->content()] { return content(); });
}

} // namespace twinhull
