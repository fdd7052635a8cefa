// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_files.h"

#include "core/images/watched_file.h"

#include <algorithm>
#include <map>
#include <set>

namespace twinhull {

namespace {

constexpr std::size_t kPathLimit = 500'000;
constexpr std::size_t kPathBytesLimit = 4096; // PATH_MAX (limits.h)
constexpr std::uint64_t kListedLimitBytes = 80ULL << 30U;
constexpr std::string_view kHides = ".wh.";
constexpr std::string_view kHidesAll = ".wh..wh..opq";

/// Without "./", "/" at both ends and double ones; empty for what leads elsewhere or is too long.
std::string plainPath(const std::string& path)
{
    std::string plain;
    for (std::size_t start = 0; start < path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        const std::string name = path.substr(start, end - start);
        start = end + 1;
        if (name == "..")
            return {};
        if (!name.empty() && name != ".")
            plain += (plain.empty() ? "" : "/") + name;
    }
    return plain.size() > kPathBytesLimit ? std::string() : plain;
}

/// The tree as it grows from layer to layer.
class Tree {
public:
    using Paths = std::map<std::string, ArchiveEntry::Type>;
    using Files = std::map<std::string, LayerFile>;

    /// Where `files` is set, what the layer does goes there.
    Result<> apply(ArchiveReader& archive, Files* files)
    {
        const Paths below = files != nullptr ? m_paths : Paths();
        for (;;) {
            auto entry = archive.next();
            if (!entry)
                return std::move(entry).error();
            if (!*entry)
                break;
            if (const std::string path = plainPath((*entry)->path); !path.empty())
                take(**entry, path, below, files);
            if (m_paths.size() > kPathLimit || (files != nullptr && files->size() > kPathLimit))
                return Error{ ErrorCode::Unsupported, "the image has more than 500000 files", 0,
                    "Unpack it (twinhullctl create) and look at its files there." };
        }
        return {};
    }

private:
    void take(const ArchiveEntry& entry, const std::string& path, const Paths& below, Files* files)
    {
        const auto slash = path.rfind('/');
        const std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
        const std::string name = path.substr(folder.size());
        if (name == kHidesAll) {
            for (const auto& child : childrenOf(folder, below))
                hide(child, below, files);
            return;
        }
        if (name.starts_with(kHides)) {
            hide(folder + name.substr(kHides.size()), below, files);
            return;
        }
        if (entry.type != ArchiveEntry::Type::Folder)
            erase(path);
        m_paths[path] = entry.type;
        if (files == nullptr)
            return;
        const auto change = below.contains(path) ? LayerFile::Change::Changed : LayerFile::Change::Added;
        (*files)[path] = { path, change, entry.type, entry.permissions, entry.bytes, entry.linkTarget };
    }

    static std::vector<std::string> childrenOf(const std::string& folder, const Paths& paths)
    {
        std::vector<std::string> children;
        for (auto found = paths.lower_bound(folder); found != paths.end() && found->first.starts_with(folder);
             ++found) {
            if (found->first.find('/', folder.size()) == std::string::npos)
                children.push_back(found->first);
        }
        return children;
    }

    void hide(const std::string& path, const Paths& below, Files* files)
    {
        erase(path);
        if (files != nullptr && below.contains(path) && !files->contains(path))
            (*files)[path] = { path, LayerFile::Change::Removed, below.at(path), 0, 0, {} };
    }

    void erase(const std::string& path)
    {
        m_paths.erase(path);
        const std::string folder = path + "/";
        const auto first = m_paths.lower_bound(folder);
        auto last = first;
        while (last != m_paths.end() && last->first.starts_with(folder))
            ++last;
        m_paths.erase(first, last);
    }

    Paths m_paths;
};

} // namespace

Result<std::vector<LayerFile>> layerFiles(
    const ImageLayout& layout, const Digest& image, std::size_t layer, JobContext& context)
{
    auto record = layout.readRecord(image);
    if (!record)
        return std::move(record).error().withContext("list files of the image");
    if (layer >= record->manifest.layers.size())
        return Error{ ErrorCode::NotFound,
            "the image has " + std::to_string(record->manifest.layers.size()) + " layers, none is number "
                + std::to_string(layer + 1),
            0, "Count from 1, the lowest." };
    Tree tree;
    Tree::Files files;
    for (std::size_t i = 0; i <= layer; ++i) {
        auto source = openWatched(layout.blobPath(record->manifest.layers[i].digest), context);
        if (!source)
            return std::move(source).error().withContext("list files of the image");
        auto plain = decompressed(*std::move(source));
        if (!plain)
            return std::move(plain).error().withContext("list files of the image");
        auto archive = ArchiveReader::open(limited(*std::move(plain), kListedLimitBytes), ArchiveReader::Format::Tar);
        if (!archive)
            return std::move(archive).error().withContext("list files of the image");
        if (auto applied = tree.apply(*archive, i == layer ? &files : nullptr); !applied)
            return std::move(applied).error().withContext("list files of the image");
    }
    std::vector<LayerFile> list;
    for (auto& [path, file] : files)
        list.push_back(std::move(file));
    return list;
}

} // namespace twinhull
