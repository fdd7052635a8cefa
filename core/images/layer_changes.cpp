// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_changes.h"

#include "core/base/files.h"
#include "core/images/merged_folder.h"

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
constexpr std::string_view kMarkPrefix = ".wh.";
constexpr std::string_view kMarkOfAll = ".wh..wh..opq";
constexpr std::string_view kHexDigits = "0123456789abcdef";

struct DirCloser {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

using SortedNames = std::set<std::string>;

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

/// What one folder of an upper folder by fuse-overlayfs says, which lets no name of a container begin so.
struct NamedMarks {
    SortedNames hidden;
    bool isOpaque = false;
};

NamedMarks takeNamedMarks(SortedNames& names)
{
    NamedMarks marks;
    for (auto name = names.begin(); name != names.end();) {
        if (!name->starts_with(kMarkPrefix)) {
            ++name;
            continue;
        }
        marks.isOpaque = marks.isOpaque || *name == kMarkOfAll;
        marks.hidden.insert(name->substr(kMarkPrefix.size()));
        name = names.erase(name);
    }
    return marks;
}

class ChangeFinder {
public:
    ChangeFinder(const std::function<void(const LayerChange&)>& tell, UpperForm form) : m_tell(tell), m_form(form) { }

    Result<> compare(int upper, const MergedFolder& lower, const std::string& path, std::size_t depth)
    {
        if (depth > kDepthLimitOfChanges)
            return Error{ ErrorCode::Unsupported, path.substr(0, 256) + " lies too deep", 0, {} };
        auto names = entriesOf(upper);
        if (!names)
            return std::move(names).error().withContext(path);
        const NamedMarks marks = m_form == UpperForm::FuseOverlay ? takeNamedMarks(*names) : NamedMarks();
        if (depth > 0 && (marks.isOpaque || hidesWhatIsBelow(upper)))
            tellAllHidden(lower, *names, path);
        else
            tellHidden(marks.hidden, lower, *names, path);
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
        int upper, const MergedFolder& lower, const std::string& name, const std::string& path, std::size_t depth)
    {
        struct stat info { };
        if (::fstatat(upper, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return {}; // it went just now
        const auto below = lower.find(name);
        if (hidesAName(info)) {
            if (below)
                add(Kind::Removed, path);
            return {};
        }
        add(below ? Kind::Changed : Kind::Added, path);
        if (!S_ISDIR(info.st_mode))
            return {};
        const auto folder = openFolder(upper, name);
        if (!folder)
            return {};
        auto inner = lower.enter(name);
        return inner ? compare(folder.fd(), *inner, path, depth + 1) : std::move(inner).error().withContext(path);
    }

    void tellAllHidden(const MergedFolder& lower, const SortedNames& kept, const std::string& path)
    {
        if (const auto names = lower.names()) // else it went just now
            tellHidden({ names->begin(), names->end() }, lower, kept, path);
    }

    void tellHidden(
        const SortedNames& hidden, const MergedFolder& lower, const SortedNames& kept, const std::string& path)
    {
        for (const auto& name : hidden) {
            if (kept.count(name) == 0 && lower.find(name))
                add(Kind::Removed, path + "/" + name);
        }
    }

    void add(Kind kind, const std::string& path)
    {
        ++m_count;
        m_tell({ kind, path });
    }

    const std::function<void(const LayerChange&)>& m_tell;
    UpperForm m_form;
    std::size_t m_count = 0;
};

} // namespace

Result<> findLayerChanges(const std::string& upper, const std::vector<std::string>& lower,
    const std::function<void(const LayerChange&)>& tell, UpperForm form)
{
    auto top = openPath(upper, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!top)
        return std::move(top).error();
    auto layers = MergedFolder::open(lower);
    return layers ? ChangeFinder(tell, form).compare(top->fd(), *layers, {}, 0) : std::move(layers).error();
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
