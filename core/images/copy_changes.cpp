// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/copy_changes.h"

#include "core/base/files.h"
#include "core/images/kept_attributes.h"
#include "core/images/merged_folder.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace twinhull {

namespace {

constexpr std::size_t kComparedDepthLimit = 256; // as the packer's
constexpr std::size_t kCopyChangesLimit = 1'000'000;
constexpr std::size_t kComparedBlockBytes = 256U << 10U;

struct CopyFolderCloser {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

Result<std::set<std::string>> namesInCopy(int folder)
{
    const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, CopyFolderCloser> stream(again >= 0 ? ::fdopendir(again) : nullptr);
    if (!stream)
        return Error::fromErrno(errno, "list folder");
    std::set<std::string> names;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..")
            names.insert(name);
    }
    return names;
}

/// Nothing where it is no file any more: the container may run.
UniqueFd openFileToCompare(int parent, const std::string& name)
{
    UniqueFd file(::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info { };
    return file && ::fstat(file.fd(), &info) == 0 && S_ISREG(info.st_mode) ? std::move(file) : UniqueFd();
}

bool haveSameAttributes(int one, int other)
{
    const auto own = keptAttributesOf(one);
    const auto others = keptAttributesOf(other);
    return own && others && *own == *others;
}

std::string linkTargetAt(int parent, const std::string& name, off_t bytes)
{
    std::string target(static_cast<std::size_t>(bytes) + 1, '\0');
    const ssize_t count = ::readlinkat(parent, name.c_str(), target.data(), target.size());
    target.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return target;
}

class CopyComparison {
public:
    /// Unequal where it cannot be told.
    bool isSameFile(int one, int other)
    {
        for (off_t at = 0;;) {
            at = std::max(at, std::min(nextData(one, at), nextData(other, at))); // a hole in both is the same
            const ssize_t own = readBlock(one, m_one, at);
            const ssize_t others = readBlock(other, m_other, at);
            if (own < 0 || own != others || !std::equal(m_one.begin(), m_one.begin() + own, m_other.begin()))
                return false;
            if (own == 0)
                return true;
            at += own;
        }
    }

private:
    /// Where the next bytes that are in no hole begin, or the end; `at` where the file system cannot tell.
    static off_t nextData(int file, off_t at)
    {
        const off_t start = ::lseek(file, at, SEEK_DATA);
        if (start >= 0)
            return start;
        return errno == ENXIO ? ::lseek(file, 0, SEEK_END) : at;
    }

    static ssize_t readBlock(int file, std::vector<char>& block, off_t at)
    {
        std::size_t filled = 0;
        while (filled < block.size()) {
            const ssize_t count
                = ::pread(file, block.data() + filled, block.size() - filled, at + static_cast<off_t>(filled));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return -1;
            if (count == 0)
                break;
            filled += static_cast<std::size_t>(count);
        }
        return static_cast<ssize_t>(filled);
    }

    std::vector<char> m_one = std::vector<char>(kComparedBlockBytes);
    std::vector<char> m_other = std::vector<char>(kComparedBlockBytes);
};

class CopyChangeFinder {
public:
    Result<> compare(int copy, const MergedFolder& lower, const std::string& path, std::size_t depth)
    {
        if (depth > kComparedDepthLimit)
            return Error{ ErrorCode::Unsupported, path.substr(0, 256) + " lies too deep", 0, {} };
        auto names = namesInCopy(copy);
        auto before = lower.names();
        if (!names || !before)
            return (names ? std::move(before).error() : std::move(names).error()).withContext(path);
        for (const auto& name : *before) {
            if (names->count(name) == 0)
                changes.push_back({ Kind::Removed, path + "/" + name });
        }
        for (const auto& name : *names) {
            if (changes.size() >= kCopyChangesLimit)
                return Error{ ErrorCode::Unsupported, "more than a million files were changed", 0, {} };
            if (auto done = compareEntry(copy, lower, name, path + "/" + name, depth); !done)
                return done;
        }
        return {};
    }

    std::vector<LayerChange> changes;

private:
    using Kind = LayerChange::Kind;

    Result<> compareEntry(
        int copy, const MergedFolder& lower, const std::string& name, const std::string& path, std::size_t depth)
    {
        struct stat info { };
        if (::fstatat(copy, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return {}; // it went just now
        const auto below = lower.find(name);
        if (S_ISDIR(info.st_mode))
            return compareFolder({ copy, info }, lower, name, path, depth);
        if (!below || !isSame({ copy, info }, *below, name))
            changes.push_back({ below ? Kind::Changed : Kind::Added, path });
        return {};
    }

    Result<> compareFolder(const MergedFolder::Entry& entry, const MergedFolder& lower, const std::string& name,
        const std::string& path, std::size_t depth)
    {
        const UniqueFd folder(::openat(entry.parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!folder)
            return errno == ENOENT ? Result<>() : Error::fromErrno(errno, "open folder " + path);
        const auto below = lower.find(name);
        auto inner = lower.enter(name);
        if (!inner)
            return std::move(inner).error();
        const std::size_t place = changes.size();
        changes.push_back({ below ? Kind::Changed : Kind::Added, path });
        if (auto done = compare(folder.fd(), *inner, path, depth + 1); !done)
            return done;
        const bool isSame = below && S_ISDIR(below->info.st_mode) && haveSameOwner(entry.info, below->info)
            && haveSameAttributes(folder.fd(), inner->top());
        if (isSame && changes.size() == place + 1)
            changes.pop_back();
        return {};
    }

    static bool haveSameOwner(const struct stat& one, const struct stat& other)
    {
        return one.st_mode == other.st_mode && one.st_uid == other.st_uid && one.st_gid == other.st_gid;
    }

    bool isSame(const MergedFolder::Entry& own, const MergedFolder::Entry& below, const std::string& name)
    {
        const struct stat& one = own.info;
        const struct stat& other = below.info;
        if (!haveSameOwner(one, other) || one.st_rdev != other.st_rdev)
            return false;
        if (S_ISLNK(one.st_mode))
            return linkTargetAt(own.parent, name, one.st_size) == linkTargetAt(below.parent, name, other.st_size);
        if (!S_ISREG(one.st_mode))
            return true;
        if (one.st_size != other.st_size || one.st_mtim.tv_sec != other.st_mtim.tv_sec
            || one.st_mtim.tv_nsec != other.st_mtim.tv_nsec)
            return false;
        const UniqueFd file(openFileToCompare(own.parent, name));
        const UniqueFd before(openFileToCompare(below.parent, name));
        return file && before && haveSameAttributes(file.fd(), before.fd())
            && m_comparison.isSameFile(file.fd(), before.fd());
    }

    CopyComparison m_comparison;
};

Result<std::vector<LayerChange>> changesOfCopy(const std::string& copy, const std::vector<std::string>& layers)
{
    auto top = openPath(copy, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    auto lower = MergedFolder::open(layers);
    if (!top || !lower)
        return top ? std::move(lower).error() : std::move(top).error();
    auto names = namesInCopy(top->fd());
    if (!names)
        return std::move(names).error();
    CopyChangeFinder finder;
    auto compared = names->empty() ? Result<>() : finder.compare(top->fd(), *lower, {}, 0);
    return compared ? Result(std::move(finder.changes)) : std::move(compared).error();
}

} // namespace

Result<> findCopyChanges(const std::string& copy, const std::vector<std::string>& layers,
    const std::function<void(const LayerChange&)>& tell)
{
    const auto changes = changesOfCopy(copy, layers);
    if (!changes)
        return changes.error();
    std::for_each(changes->begin(), changes->end(), tell);
    return {};
}

Result<CopyDifference> differenceOfCopy(const std::string& copy, const std::vector<std::string>& layers)
{
    const auto changes = changesOfCopy(copy, layers);
    if (!changes)
        return changes.error();
    CopyDifference difference;
    for (const auto& change : *changes) {
        const std::string path = change.path.substr(1);
        if (change.kind != LayerChange::Kind::Removed) {
            difference.present.insert(path);
            continue;
        }
        const auto slash = path.rfind('/');
        const bool isTop = slash == std::string::npos;
        difference.removed[isTop ? std::string() : path.substr(0, slash)].push_back(
            isTop ? path : path.substr(slash + 1));
    }
    return difference;
}

} // namespace twinhull
