// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/merged_folder.h"

#include "core/base/files.h"

#include <dirent.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <memory>
#include <set>

namespace twinhull {

namespace {

constexpr std::string_view kHidingPrefix = ".wh.";
constexpr const char* kHidingAll = ".wh..wh..opq";

struct MergedCloser {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

Result<> addNamesOf(int folder, std::set<std::string>& names)
{
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, MergedCloser> stream(copy >= 0 ? ::fdopendir(copy) : nullptr);
    if (!stream)
        return Error::fromErrno(errno, "list folder");
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != ".." && !name.starts_with(kHidingPrefix))
            names.insert(name);
    }
    return {};
}

bool isThereAt(int folder, const std::string& name, struct stat& info)
{
    return ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

bool hides(int folder, const std::string& name)
{
    struct stat info { };
    return isThereAt(folder, std::string(kHidingPrefix) + name, info);
}

bool isHidingDevice(const struct stat& info)
{
    return S_ISCHR(info.st_mode) && info.st_rdev == ::makedev(0, 0);
}

bool hidesAllBelow(int folder)
{
    struct stat info { };
    if (isThereAt(folder, kHidingAll, info))
        return true;
    for (const char* name : { "trusted.overlay.opaque", "user.overlay.opaque" }) {
        std::array<char, 4> value{};
        if (::fgetxattr(folder, name, value.data(), value.size()) == 1 && value[0] == 'y')
            return true;
    }
    return false;
}

} // namespace

Result<MergedFolder> MergedFolder::open(const std::vector<std::string>& layers)
{
    MergedFolder merged;
    for (const auto& path : layers) {
        auto layer = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (!layer)
            return std::move(layer).error();
        merged.m_folders.push_back(*std::move(layer));
    }
    return merged;
}

Result<std::vector<std::string>> MergedFolder::names() const
{
    std::set<std::string> all;
    for (const auto& folder : m_folders) {
        if (auto added = addNamesOf(folder.fd(), all); !added)
            return std::move(added).error();
    }
    std::vector<std::string> seen;
    for (const auto& name : all) {
        if (find(name))
            seen.push_back(name);
    }
    return seen;
}

std::optional<MergedFolder::Entry> MergedFolder::find(const std::string& name) const
{
    if (name.starts_with(kHidingPrefix))
        return {};
    for (const auto& folder : m_folders) {
        Entry entry{ folder.fd(), {} };
        if (isThereAt(folder.fd(), name, entry.info))
            return isHidingDevice(entry.info) ? std::nullopt : std::optional(entry);
        if (hides(folder.fd(), name))
            return {};
    }
    return {};
}

Result<MergedFolder> MergedFolder::enter(const std::string& name) const
{
    MergedFolder merged;
    for (const auto& folder : m_folders) {
        struct stat info { };
        const bool isThere = isThereAt(folder.fd(), name, info);
        if (isThere && !S_ISDIR(info.st_mode))
            break; // hidden from here down, or no folder at all
        if (isThere) {
            UniqueFd next(::openat(folder.fd(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!next)
                return Error::fromErrno(errno, "open folder " + name);
            merged.m_folders.push_back(std::move(next));
            if (hidesAllBelow(merged.m_folders.back().fd()))
                break;
        }
        if (hides(folder.fd(), name))
            break;
    }
    return merged;
}

} // namespace twinhull
