// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/many_export.h"

#include "core/base/files.h"
#include "core/images/partial_path.h"
#include "core/images/watched_file.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>

namespace twinhull {

namespace {

struct TarFileCloser {
    void operator()(archive* handle) const noexcept { ::archive_write_free(handle); }
};

struct TarMemberCloser {
    void operator()(archive_entry* entry) const noexcept { ::archive_entry_free(entry); }
};

/// A tar that goes to a file as it is made. All times are the epoch: the same images give the same bytes.
class TarFile {
public:
    explicit TarFile(UniqueFd file) : m_file(std::move(file)), m_handle(::archive_write_new())
    {
        ::archive_write_set_format_pax_restricted(m_handle.get());
        ::archive_write_open_fd(m_handle.get(), m_file.fd());
    }

    Result<> add(const std::string& path, std::uint64_t bytes, const ByteSource& content)
    {
        const std::unique_ptr<archive_entry, TarMemberCloser> entry(::archive_entry_new());
        ::archive_entry_set_pathname(entry.get(), path.c_str());
        ::archive_entry_set_filetype(entry.get(), AE_IFREG);
        ::archive_entry_set_perm(entry.get(), 0644);
        ::archive_entry_set_mtime(entry.get(), 0, 0);
        ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
        if (::archive_write_header(m_handle.get(), entry.get()) != ARCHIVE_OK)
            return failure();
        for (;;) {
            auto block = content();
            if (!block)
                return std::move(block).error();
            if (block->empty())
                return {};
            if (::archive_write_data(m_handle.get(), block->data(), block->size())
                != static_cast<la_ssize_t>(block->size()))
                return failure();
        }
    }

    Result<> add(const std::string& path, std::string_view text) { return add(path, text.size(), sourceOf(text)); }

    Result<> finish() { return ::archive_write_close(m_handle.get()) == ARCHIVE_OK ? Result<>() : failure(); }

private:
    Error failure() const
    {
        if (const int reason = ::archive_errno(m_handle.get()); reason > 0)
            return Error::fromErrno(reason, "write the archive");
        const char* text = ::archive_error_string(m_handle.get());
        return Error{ ErrorCode::Io, std::string("write the archive: ") + (text != nullptr ? text : "failed"), 0, {} };
    }

    UniqueFd m_file;
    std::unique_ptr<archive, TarFileCloser> m_handle; ///< closed before the file is
};

/// What the archive will hold.
struct Contents {
    SaveFormat format;
    std::map<std::string, ImageDescriptor> blobs; ///< by their path inside, so each once
    ImageIndex index;
    std::vector<DockerArchiveImage> images;
    std::uint64_t bytes = 0; ///< of the blobs

    std::string take(const ImageDescriptor& blob, const char* dockerEnding)
    {
        const std::string path = format == SaveFormat::DockerArchive ? blob.digest.hex() + dockerEnding
                                                                     : "blobs/sha256/" + blob.digest.hex();
        if (blobs.emplace(path, blob).second)
            bytes += blob.size;
        return path;
    }

    Result<> takeImage(const ImageLayout& layout, const ArchivedImage& image)
    {
        auto record = layout.readRecord(image.image);
        auto text = layout.readDocument(image.image);
        if (!record || !text)
            return record ? std::move(text).error() : std::move(record).error();
        ImageDescriptor manifest{ std::string(kMediaTypeManifest), image.image, text->size(), {}, {} };
        if (format != SaveFormat::DockerArchive)
            take(manifest, "");
        DockerArchiveImage entry{ take(record->manifest.config, ".json"), image.references, {} };
        for (const auto& layer : record->manifest.layers)
            entry.layerPaths.push_back(take(layer, ".tar"));
        images.push_back(std::move(entry));
        for (const auto& reference : image.references) {
            manifest.annotations = { { std::string(kAnnotationRefName), reference },
                { std::string(kAnnotationContainerdName), reference } };
            index.manifests.push_back(manifest);
        }
        if (image.references.empty())
            index.manifests.push_back(manifest);
        return {};
    }
};

Result<> addBlob(TarFile& tar, const std::string& path, const ImageLayout& layout, const ImageDescriptor& blob,
    const std::function<Result<>(std::size_t)>& passed)
{
    auto file = openPath(layout.blobPath(blob.digest), O_RDONLY | O_NOFOLLOW);
    if (!file)
        return std::move(file).error();
    const auto measure = std::make_shared<StreamMeasure>();
    const ByteSource content = [source = measured(limited(sourceOf(*std::move(file)), blob.size), measure),
                                   &passed]() -> Result<std::string_view> {
        auto block = source();
        if (block) {
            if (auto go = passed(block->size()); !go)
                return std::move(go).error();
        }
        return block;
    };
    if (auto added = tar.add(path, blob.size, content); !added)
        return added;
    if (measure->bytes() != blob.size || measure->digest() != blob.digest)
        return Error{ ErrorCode::Corrupt, "blob " + blob.digest.toString() + " is damaged", 0,
            "Pull or load that image again." };
    return {};
}

Result<> pack(const ImageLayout& layout, const Contents& contents, UniqueFd file, JobContext& context)
{
    TarFile tar(std::move(file));
    std::uint64_t done = 0;
    const auto passed = [&](std::size_t bytes) {
        done += bytes;
        context.setProgress(static_cast<qint64>(done), static_cast<qint64>(contents.bytes));
        return notCancelled(context);
    };
    for (const auto& [path, blob] : contents.blobs) {
        if (auto added = addBlob(tar, path, layout, blob, passed); !added)
            return added;
    }
    Result<> named = contents.format == SaveFormat::DockerArchive
        ? tar.add("manifest.json", encodeDockerArchiveManifest(contents.images))
        : tar.add("index.json", encodeImageIndex(contents.index));
    if (named && contents.format != SaveFormat::DockerArchive)
        named = tar.add("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    return named ? tar.finish() : named;
}

Result<> saveTogether(const ImageLayout& layout, const SaveManyPlan& plan, JobContext& context)
{
    if (plan.format == SaveFormat::OciFolder)
        return Error{ ErrorCode::InvalidArgument, "oci-dir is for one image", 0,
            "Choose docker-archive or oci-archive, or save them one at a time." };
    const std::string path = std::filesystem::absolute(plan.path).lexically_normal().string();
    if (exists(path))
        return Error{ ErrorCode::AlreadyExists, path + " is there already", EEXIST,
            "Choose another name, or remove it first." };
    Contents contents{ plan.format, {}, {}, {} };
    for (const auto& image : plan.images) {
        if (auto taken = contents.takeImage(layout, image); !taken)
            return taken;
    }
    PartialGuard partial(partialPathFor(path));
    auto file = openPath(partial.path(), O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (!file)
        return std::move(file).error();
    if (auto packed = pack(layout, contents, *std::move(file), context); !packed)
        return packed;
    if (auto renamed = renameNew(partial.path(), path); !renamed)
        return renamed;
    partial.keep();
    return {};
}

} // namespace

Result<> saveImages(const ImageLayout& layout, const SaveManyPlan& plan, JobContext& context)
{
    return saveTogether(layout, plan, context).withContext("save images");
}

} // namespace twinhull
