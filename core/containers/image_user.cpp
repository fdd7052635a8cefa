// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/image_user.h"

#include "core/base/files.h"
#include "core/images/merged_folder.h"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <optional>
#include <string_view>

namespace twinhull {

namespace {

constexpr std::size_t kFileLimitBytes = 4U << 20U;

UniqueFd openInside(const UniqueFd& layer, const char* path)
{
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK; // a FIFO must not hold us up
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return UniqueFd(static_cast<int>(::syscall(SYS_openat2, layer.fd(), path, &how, sizeof how)));
}

/// Hidden from here down: overlayfs's device, or the name that layers bear where there is no overlay.
bool isHiddenBy(const UniqueFd& layer, const std::string& path)
{
    struct stat info { };
    if (::fstatat(layer.fd(), path.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0)
        return S_ISCHR(info.st_mode) && info.st_rdev == 0;
    const auto name = path.rfind('/') + 1; // 0 where there is no folder
    const std::string mark = path.substr(0, name) + ".wh." + path.substr(name);
    return ::fstatat(layer.fd(), mark.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<std::string> readOpened(const UniqueFd& file, const char* path)
{
    struct stat info { };
    if (::fstat(file.fd(), &info) != 0 || !S_ISREG(info.st_mode))
        return Error{ ErrorCode::Corrupt, std::string(path) + " of the image is no file", 0, {} };
    return readAll(file, kFileLimitBytes).withContext(std::string(path) + " of the image");
}

/// As the layers show it together, folder by folder. Empty where nothing of that name is to be seen; nothing where it
/// cannot be told so: a link is on the way, or a folder that may only be passed through.
std::optional<std::string> readMerged(const std::vector<std::string>& layers, const char* path)
{
    auto folder = MergedFolder::open(layers);
    std::string_view rest = path;
    for (auto slash = rest.find('/'); folder && slash != std::string_view::npos; slash = rest.find('/')) {
        const std::string name(rest.substr(0, slash));
        const auto entry = folder->find(name);
        if (!entry)
            return std::string();
        if (!S_ISDIR(entry->info.st_mode))
            return {};
        folder = folder->enter(name);
        rest.remove_prefix(slash + 1);
    }
    const std::string name(rest);
    const auto entry = folder ? folder->find(name) : std::nullopt;
    if (folder && !entry)
        return std::string();
    if (!entry || !S_ISREG(entry->info.st_mode))
        return {};
    const UniqueFd file(::openat(entry->parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    auto text = file ? readOpened(file, path) : Result<std::string>(Error::fromErrno(errno, path));
    return text ? std::optional(*std::move(text)) : std::nullopt;
}

/// The first layer that has it, links followed inside that layer.
Result<std::string> readFromFirst(const std::vector<std::string>& layers, const char* path)
{
    for (const auto& folder : layers) {
        auto layer = openPath(folder, O_PATH | O_DIRECTORY);
        if (!layer)
            return std::move(layer).error();
        if (isHiddenBy(*layer, path))
            return std::string();
        const UniqueFd file = openInside(*layer, path);
        if (!file && (errno == ENOENT || errno == ENOTDIR))
            continue;
        if (!file)
            return Error::fromErrno(errno, std::string("read ") + path + " of the image");
        return readOpened(file, path);
    }
    return std::string();
}

} // namespace

Result<std::string> readFromLayers(const std::vector<std::string>& layers, const char* path)
{
    auto text = readMerged(layers, path);
    return text ? Result<std::string>(*std::move(text)) : readFromFirst(layers, path);
}

Result<ImageUser> resolveImageUser(const std::string& user, const std::vector<std::string>& layers)
{
    const auto passwd = readFromLayers(layers, "etc/passwd");
    const auto group = readFromLayers(layers, "etc/group");
    if (!passwd || !group)
        return Error(passwd ? group.error() : passwd.error());
    return resolveUser(user, *passwd, *group);
}

} // namespace twinhull
