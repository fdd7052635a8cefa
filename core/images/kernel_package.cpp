// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/kernel_package.h"

#include "core/base/files.h"
#include "core/images/archive_reader.h"

#include <filesystem>

namespace twinhull {

namespace {

namespace fs = std::filesystem;

Result<> visitTar(ByteSource source, const KernelPackage::Visit& visit)
{
    auto archive = ArchiveReader::open(std::move(source), ArchiveReader::Format::Tar);
    if (!archive)
        return std::move(archive).error();
    for (;;) {
        auto entry = archive->next();
        if (!entry)
            return std::move(entry).error();
        if (!*entry)
            return {};
        if ((*entry)->type != ArchiveEntry::Type::File)
            continue;
        const std::string path = fs::path((*entry)->path).lexically_normal().string();
        if (auto visited = visit(path, archive->content()); !visited)
            return visited;
    }
}

Result<> visitPackage(const std::string& path, const KernelPackage::Visit& visit)
{
    auto file = openPath(path, O_RDONLY);
    if (!file)
        return std::move(file).error();
    auto package = ArchiveReader::open(sourceOf(*std::move(file)), ArchiveReader::Format::DebianPackage);
    if (!package)
        return std::move(package).error();
    for (;;) {
        auto entry = package->next();
        if (!entry)
            return std::move(entry).error();
        if (!*entry)
            return Error{ ErrorCode::Corrupt, "not a Debian package: it has no data", 0, {} };
        if ((*entry)->path.starts_with("data.tar"))
            return visitTar(package->content(), visit);
    }
}

Result<> visitFolder(const std::string& folder, const KernelPackage::Visit& visit)
{
    std::error_code failure;
    for (fs::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (!entry->is_regular_file(failure) || entry->is_symlink(failure))
            continue;
        auto file = openPath(entry->path().string(), O_RDONLY | O_NOFOLLOW);
        if (!file)
            return std::move(file).error();
        const std::string path = entry->path().lexically_relative(folder).string();
        if (auto visited = visit(path, sourceOf(*std::move(file))); !visited)
            return visited;
    }
    return failure ? Error::fromErrno(failure.value(), folder) : Result<>();
}

} // namespace

Result<> KernelPackage::forEachFile(const Visit& visit) const
{
    std::error_code failure;
    if (fs::is_directory(m_path, failure))
        return visitFolder(m_path, visit).withContext(m_path);
    return visitPackage(m_path, visit).withContext(m_path);
}

} // namespace twinhull
