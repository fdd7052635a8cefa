// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/archive_writer.h"

#include <archive.h>
#include <archive_entry.h>

namespace twinhull {

namespace {

struct WriteCloser {
    void operator()(archive* handle) const noexcept { ::archive_write_free(handle); }
};

struct EntryCloser {
    void operator()(archive_entry* entry) const noexcept { ::archive_entry_free(entry); }
};
using EntryHandle = std::unique_ptr<archive_entry, EntryCloser>;

EntryHandle makeEntry(const std::string& path, unsigned type, const ArchiveOwner& owner)
{
    EntryHandle entry(::archive_entry_new());
    ::archive_entry_set_pathname(entry.get(), path.c_str());
    ::archive_entry_set_filetype(entry.get(), type);
    ::archive_entry_set_perm(entry.get(), owner.permissions);
    ::archive_entry_set_uid(entry.get(), owner.uid);
    ::archive_entry_set_gid(entry.get(), owner.gid);
    ::archive_entry_set_mtime(entry.get(), 0, 0);
    ::archive_entry_set_nlink(entry.get(), 1);
    return entry;
}

} // namespace

struct ArchiveWriter::Private {
    std::string bytes;
    std::unique_ptr<archive, WriteCloser> handle{ ::archive_write_new() };

    static la_ssize_t write(archive*, void* self, const void* block, std::size_t count)
    {
        static_cast<Private*>(self)->bytes.append(static_cast<const char*>(block), count);
        return static_cast<la_ssize_t>(count);
    }

    Error failure(const std::string& path) const
    {
        const char* reason = ::archive_error_string(handle.get());
        return Error{ ErrorCode::Io, "pack " + path + ": " + (reason != nullptr ? reason : "failed"), 0, {} };
    }

    Result<> add(const std::string& path, archive_entry* entry, std::string_view content)
    {
        if (::archive_write_header(handle.get(), entry) != ARCHIVE_OK)
            return failure(path);
        if (!content.empty()
            && ::archive_write_data(handle.get(), content.data(), content.size())
                != static_cast<la_ssize_t>(content.size()))
            return failure(path);
        return {};
    }
};

ArchiveWriter::ArchiveWriter(Format format) : m_d(std::make_unique<Private>())
{
    archive* handle = m_d->handle.get();
    if (format == Format::Tar)
        ::archive_write_set_format_pax_restricted(handle);
    else
        ::archive_write_set_format_cpio_newc(handle);
    ::archive_write_set_bytes_in_last_block(handle, 1);
    ::archive_write_open(handle, m_d.get(), nullptr, &Private::write, nullptr);
}

ArchiveWriter::~ArchiveWriter() = default;

Result<> ArchiveWriter::addFolder(const std::string& path, const ArchiveOwner& owner)
{
    const auto entry = makeEntry(path, AE_IFDIR, owner);
    ::archive_entry_set_size(entry.get(), 0); // cpio asks for it
    return m_d->add(path, entry.get(), {});
}

Result<> ArchiveWriter::addFile(const std::string& path, std::string_view content, const ArchiveOwner& owner)
{
    const auto entry = makeEntry(path, AE_IFREG, owner);
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    return m_d->add(path, entry.get(), content);
}

Result<> ArchiveWriter::addSymlink(const std::string& path, const std::string& target)
{
    const auto entry = makeEntry(path, AE_IFLNK, { 0777, 0, 0 });
    ::archive_entry_set_symlink(entry.get(), target.c_str());
    return m_d->add(path, entry.get(), {});
}

Result<std::string> ArchiveWriter::finish() &&
{
    if (::archive_write_close(m_d->handle.get()) != ARCHIVE_OK)
        return m_d->failure("archive");
    return std::move(m_d->bytes);
}

} // namespace twinhull
