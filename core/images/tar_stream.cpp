// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/tar_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>

namespace twinhull {

namespace {

struct TarCloser {
    void operator()(archive* handle) const noexcept
    {
        ::archive_write_fail(handle); // else it writes an end, as if all were there
        ::archive_write_free(handle);
    }
};

struct TarEntryCloser {
    void operator()(archive_entry* entry) const noexcept { ::archive_entry_free(entry); }
};

unsigned fileTypeOf(ArchiveEntry::Type type)
{
    if (type == ArchiveEntry::Type::Folder)
        return AE_IFDIR;
    return type == ArchiveEntry::Type::Symlink ? AE_IFLNK : AE_IFREG;
}

} // namespace

struct TarStream::Private {
    Sink sink;
    std::optional<Error> sinkError;
    std::unique_ptr<archive, TarCloser> handle{ ::archive_write_new() };

    static la_ssize_t pass(archive* handle, void* self, const void* block, std::size_t count)
    {
        auto* d = static_cast<Private*>(self);
        auto passed = d->sink({ static_cast<const char*>(block), count });
        if (passed)
            return static_cast<la_ssize_t>(count);
        d->sinkError = std::move(passed).error();
        ::archive_set_error(handle, EIO, "sink");
        return -1;
    }

    Result<> checked(int status) const
    {
        if (sinkError)
            return *sinkError;
        if (status >= ARCHIVE_WARN)
            return {};
        const char* reason = ::archive_error_string(handle.get());
        return Error{ ErrorCode::Io, std::string("write tar: ") + (reason != nullptr ? reason : "failed"), 0, {} };
    }
};

TarStream::TarStream(Sink sink) : m_d(std::make_unique<Private>())
{
    m_d->sink = std::move(sink);
    archive* handle = m_d->handle.get();
    ::archive_write_set_format_pax_restricted(handle);
    ::archive_write_set_bytes_per_block(handle, 0); // as it comes
    ::archive_write_open(handle, m_d.get(), nullptr, &Private::pass, nullptr);
}

TarStream::~TarStream() = default;

Result<> TarStream::begin(const ArchiveEntry& entry)
{
    const std::unique_ptr<archive_entry, TarEntryCloser> to(::archive_entry_new());
    ::archive_entry_set_pathname(to.get(), entry.path.c_str());
    ::archive_entry_set_filetype(to.get(), fileTypeOf(entry.type));
    ::archive_entry_set_perm(to.get(), entry.permissions);
    ::archive_entry_set_uid(to.get(), entry.uid);
    ::archive_entry_set_gid(to.get(), entry.gid);
    ::archive_entry_set_mtime(to.get(), entry.modified.tv_sec, entry.modified.tv_nsec);
    ::archive_entry_set_nlink(to.get(), 1);
    ::archive_entry_set_size(to.get(), static_cast<la_int64_t>(entry.bytes));
    if (entry.type == ArchiveEntry::Type::Symlink)
        ::archive_entry_set_symlink(to.get(), entry.linkTarget.c_str());
    return m_d->checked(::archive_write_header(m_d->handle.get(), to.get()));
}

Result<> TarStream::write(std::string_view bytes)
{
    const auto written = ::archive_write_data(m_d->handle.get(), bytes.data(), bytes.size());
    return m_d->checked(written == static_cast<la_ssize_t>(bytes.size()) ? ARCHIVE_OK : ARCHIVE_FATAL);
}

Result<> TarStream::finish()
{
    return m_d->checked(::archive_write_close(m_d->handle.get()));
}

} // namespace twinhull
