// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_changes.h"

#include "core/base/files.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <set>

namespace twinhull {

namespace {

constexpr std::size_t kDepthLimitOfChanges = 256; // as the packer's
constexpr std::size_t kChangesLimit = 1'000'000;
constexpr std::string_view kKindLetters = "ACD";
constexpr std::string_view kHexDigits = "0123456789abcdef";

struct DirCloser {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

using SortedNames = std::set<std::string>;
using LowerFolders = std::vector<UniqueFd>; ///< one folder in several layers, highest first, as far as they are merged

Result<SortedNames> entriesOf(int folder)
{
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, DirCloser> stream(copy >= 0 ? ::fdopendir(copy) : nullptr);
    if (!stream)
        return Error::fromErrno(errno, "list folder");
    SortedNames names;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..")
            names.insert(name);
    }
    return names;
}

bool hidesAName(const struct stat& info)
{
    return S_ISCHR(info.st_mode) && info.st_rdev == ::makedev(0, 0);
}

/// Nothing of the layers below shows through.
bool hidesWhatIsBelow(int folder)
{
    for (const char* name : { "trusted.overlay.opaque", "user.overlay.opaque" }) {
        std::array<char, 4> value{};
        if (::fgetxattr(folder, name, value.data(), value.size()) == 1 && value[0] == 'y')
            return true;
    }
    return false;
}

UniqueFd openFolder(int parent, const std::string& name)
{
    return UniqueFd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// What the layers have under a name.
struct Below {
    bool isThere = false;
    LowerFolders folders; ///< where it is a folder
};

Below lookUp(const LowerFolders& layers, const std::string& name)
{
    Below below;
    for (const auto& layer : layers) {
        struct stat info { };
        if (::fstatat(layer.fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (hidesAName(info) || (below.isThere && !S_ISDIR(info.st_mode)))
            return below;
        below.isThere = true;
        auto folder = S_ISDIR(info.st_mode) ? openFolder(layer.fd(), name) : UniqueFd();
        if (!folder)
            return below;
        const bool isLast = hidesWhatIsBelow(folder.fd());
        below.folders.push_back(std::move(folder));
        if (isLast)
            return below;
    }
    return below;
}

class ChangeFinder {
public:
    explicit ChangeFinder(const std::function<void(const LayerChange&)>& tell) : m_tell(tell) { }

    Result<> compare(int upper, const LowerFolders& lower, const std::string& path, std::size_t depth)
    {
        if (depth > kDepthLimitOfChanges)
            return Error{ ErrorCode::Unsupported, path.substr(0, 256) + " lies too deep", 0, {} };
        auto names = entriesOf(upper);
        if (!names)
            return std::move(names).error().withContext(path);
        if (depth > 0 && hidesWhatIsBelow(upper))
            tellHidden(lower, *names, path);
        for (const auto& name : *names) {
            if (m_count >= kChangesLimit)
                return {};
            if (auto done = compareEntry(upper, lower, name, path + "/" + name, depth); !done)
                return done;
        }
        return {};
    }

private:
    using Kind = LayerChange::Kind;

    Result<> compareEntry(
        int upper, const LowerFolders& lower, const std::string& name, const std::string& path, std::size_t depth)
    {
        struct stat info { };
        if (::fstatat(upper, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return {}; // it went just now
        const Below below = lookUp(lower, name);
        if (hidesAName(info)) {
            if (below.isThere)
                add(Kind::Removed, path);
            return {};
        }
        add(below.isThere ? Kind::Changed : Kind::Added, path);
        if (!S_ISDIR(info.st_mode))
            return {};
        const auto folder = openFolder(upper, name);
        return folder ? compare(folder.fd(), below.folders, path, depth + 1) : Result<>();
    }

    void tellHidden(const LowerFolders& lower, const SortedNames& kept, const std::string& path)
    {
        SortedNames hidden;
        for (const auto& layer : lower) {
            if (auto names = entriesOf(layer.fd()))
                hidden.merge(*names);
        }
        for (const auto& name : hidden) {
            if (kept.count(name) == 0 && lookUp(lower, name).isThere)
                add(Kind::Removed, path + "/" + name);
        }
    }

    void add(Kind kind, const std::string& path)
    {
        ++m_count;
        m_tell({ kind, path });
    }

    const std::function<void(const LayerChange&)>& m_tell;
    std::size_t m_count = 0;
};

} // namespace

Result<> findLayerChanges(const std::string& upper, const std::vector<std::string>& lower,
    const std::function<void(const LayerChange&)>& tell)
{
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    auto top = openPath(upper, kFlags);
    if (!top)
        return std::move(top).error();
    LowerFolders layers;
    for (const auto& path : lower) {
        auto layer = openPath(path, kFlags);
        if (!layer)
            return std::move(layer).error();
        layers.push_back(*std::move(layer));
    }
    return ChangeFinder(tell).compare(top->fd(), layers, {}, 0);
}

std::string changeLine(const LayerChange& change)
{
    std::string line = std::string("change ") + kKindLetters[static_cast<std::size_t>(change.kind)] + " ";
    for (const char c : change.path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte != '%' && byte != 0x7f)
            line += c;
        else
            line.append("%").append(1, kHexDigits[byte >> 4U]).append(1, kHexDigits[byte & 15U]);
    }
    return line + "\n";
}

Result<LayerChange> parseChange(std::string_view text)
{
    const Error corrupt{ ErrorCode::Corrupt, "image-worker: not a change", 0, {} };
    const auto kind = text.empty() ? std::string_view::npos : kKindLetters.find(text[0]);
    if (kind == std::string_view::npos || text.size() < 3 || text[1] != ' ')
        return corrupt;
    LayerChange change{ static_cast<LayerChange::Kind>(kind), {} };
    text.remove_prefix(2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            change.path += text[i];
            continue;
        }
        const auto high = i + 2 < text.size() ? kHexDigits.find(text[i + 1]) : std::string_view::npos;
        const auto low = i + 2 < text.size() ? kHexDigits.find(text[i + 2]) : std::string_view::npos;
        if (high == std::string_view::npos || low == std::string_view::npos)
            return corrupt;
        change.path += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return change;
}

} // namespace twinhull
