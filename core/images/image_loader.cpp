// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_loader.h"

#include "core/images/archive_reader.h"
#include "core/images/image_reference.h"
#include "core/images/image_source.h"
#include "core/images/watched_file.h"

#include <filesystem>
#include <map>

namespace twinhull {

namespace {

constexpr std::uint64_t kArchiveLimitBytes = 64ULL << 30U;
constexpr std::size_t kEntryLimit = 100'000;

using Files = std::map<std::string, StagedBlob>;

std::string normalPath(const std::string& path)
{
    return std::filesystem::path(path).lexically_normal().string();
}

/// Old docker archives share a layer by a link to another image's layer.tar.
void resolveLinks(const std::map<std::string, std::string>& links, Files& files)
{
    for (const auto& [path, target] : links) {
        if (const auto found = files.find(target); found != files.end())
            files.emplace(path, found->second);
    }
}

Result<Files> stageArchive(ByteSource source, BlobStaging& staging)
{
    auto reader = ArchiveReader::open(std::move(source), ArchiveReader::Format::Tar);
    if (!reader)
        return std::move(reader).error();
    Files files;
    std::map<std::string, std::string> links;
    std::uint64_t total = 0;
    for (std::size_t count = 0;; ++count) {
        auto entry = reader->next();
        if (!entry)
            return std::move(entry).error();
        if (!*entry)
            break;
        if (count == kEntryLimit)
            return Error{ ErrorCode::Corrupt, "more than 100000 files in it", 0, {} };
        const std::string path = normalPath((*entry)->path);
        if ((*entry)->type == ArchiveEntry::Type::Symlink)
            links[path] = normalPath((std::filesystem::path(path).parent_path() / (*entry)->linkTarget).string());
        if ((*entry)->type == ArchiveEntry::Type::HardLink)
            links[path] = normalPath((*entry)->linkTarget);
        if ((*entry)->type != ArchiveEntry::Type::File)
            continue;
        auto blob = staging.add(limited(reader->content(), kArchiveLimitBytes - total));
        if (!blob)
            return std::move(blob).error();
        total += blob->bytes;
        files.insert_or_assign(path, *blob);
    }
    resolveLinks(links, files);
    return files;
}

FetchBlob fromStaged(const Files& files)
{
    auto byDigest = std::make_shared<std::map<Digest, StagedBlob>>();
    for (const auto& [path, blob] : files)
        byDigest->emplace(blob.digest, blob);
    return [byDigest](const ImageDescriptor& wanted) -> Result<StagedBlob> {
        const auto found = byDigest->find(wanted.digest);
        if (found == byDigest->end())
            return Error{ ErrorCode::Corrupt, "blob " + wanted.digest.toString() + " is missing or damaged", 0, {} };
        return found->second;
    };
}

FetchBlob fromFolder(const std::string& folder, BlobStaging& staging, JobContext& context)
{
    return [folder, &staging, &context](const ImageDescriptor& wanted) -> Result<StagedBlob> {
        auto source = openWatched(folder + "/blobs/sha256/" + wanted.digest.hex(), context);
        if (!source)
            return std::move(source).error();
        auto blob = staging.add(limited(*std::move(source), std::max<std::uint64_t>(wanted.size, 1)));
        if (blob && blob->digest != wanted.digest)
            return Error{ ErrorCode::Corrupt, "blob " + wanted.digest.toString() + " is damaged", 0, {} };
        return blob;
    };
}

Result<FoundImages> findInFolder(const LoadPlan& plan, BlobStaging& staging, JobContext& context)
{
    const std::string& folder = plan.path;
    const std::string indexPath = folder + "/index.json";
    if (!exists(indexPath))
        return Error{ ErrorCode::InvalidArgument, "the folder is no OCI layout: it has no index.json", 0, {} };
    auto text = readFile(indexPath, kDocumentLimitBytes);
    if (!text)
        return std::move(text).error();
    auto index = decodeImageIndex(*text);
    if (!index)
        return std::move(index).error();
    return findOciImages(*index, fromFolder(folder, staging, context), staging, plan.platform);
}

Result<FoundImages> findInArchive(const LoadPlan& plan, BlobStaging& staging, JobContext& context)
{
    auto source = openWatched(plan.path, context);
    if (!source)
        return std::move(source).error();
    auto files = stageArchive(*std::move(source), staging);
    if (!files)
        return std::move(files).error();
    const auto indexFile = files->find("index.json");
    const auto dockerFile = files->find("manifest.json");
    const auto document = indexFile != files->end() ? indexFile : dockerFile;
    if (document == files->end())
        return Error{ ErrorCode::Corrupt, "it is no image archive: it has neither index.json nor manifest.json", 0,
            {} };
    auto text = staging.readDocument(document->second.digest);
    if (!text)
        return std::move(text).error();
    if (indexFile == files->end())
        return findDockerImages(*text, *files, staging, plan.platform);
    auto index = decodeImageIndex(*text);
    if (!index)
        return std::move(index).error();
    return findOciImages(*index, fromStaged(*files), staging, plan.platform);
}

/// "web" for /x/web.tar.gz: a name for what has none.
std::string baseName(const std::string& path)
{
    std::string name = std::filesystem::path(normalPath(path + "/")).parent_path().filename().string();
    for (const char* ending : { ".zst", ".gz", ".xz", ".tar", ".tgz" }) {
        if (name.ends_with(ending))
            name.resize(name.size() - std::string_view(ending).size());
    }
    return name;
}

/// A full reference for what the source calls `name`: a whole reference, a bare tag or nothing.
Result<std::string> fullReference(const std::string& name, const std::string& given, const std::string& path)
{
    if (name.find_first_of("/:") != std::string::npos)
        return normalizedReference(name);
    if (!given.empty())
        return normalizedReference(given);
    return normalizedReference(name.empty() ? baseName(path) : baseName(path) + ":" + name);
}

Result<> nameImages(FoundImages& found, const std::string& given, const std::string& path)
{
    for (auto& image : found.images) {
        if (image.references.empty())
            image.references.emplace_back();
        for (auto& reference : image.references) {
            auto full = fullReference(reference, given, path);
            if (!full)
                return std::move(full).error();
            reference = *std::move(full);
        }
    }
    return {};
}

Result<> loadStaged(const ImageLayout& layout, const LoadPlan& plan, BlobStaging& staging, JobContext& context)
{
    std::error_code failure; // of a path that cannot be looked at: opening it tells why
    auto found = std::filesystem::is_directory(plan.path, failure) ? findInFolder(plan, staging, context)
                                                                   : findInArchive(plan, staging, context);
    if (!found)
        return std::move(found).error();
    if (auto named = nameImages(*found, plan.reference, plan.path); !named)
        return named;
    return publishImages(layout, *found, staging, context);
}

/// Where the chain below knows no better next step.
Error withNextStep(Error error, const std::string& path)
{
    std::string hint = error.hint;
    if (hint.empty() && error.code == ErrorCode::Corrupt)
        hint = "The file is truncated or not an image archive; make it again with \"podman save\" or \"docker save\".";
    if (hint.empty() && error.code == ErrorCode::OutOfSpace)
        hint = "Free some space where images are kept, or remove images that are not needed.";
    return std::move(error).withContext("load " + path).withHint(hint);
}

} // namespace

Result<> loadImages(const ImageLayout& layout, const LoadPlan& plan, JobContext& context)
{
    auto staging = BlobStaging::make(layout);
    if (!staging)
        return withNextStep(std::move(staging).error(), plan.path);
    if (auto loaded = loadStaged(layout, plan, *staging, context); !loaded)
        return withNextStep(std::move(loaded).error(), plan.path);
    return {};
}

} // namespace twinhull
