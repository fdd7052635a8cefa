// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/carry/folder_listing.h"

#include "core/base/unique_fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <memory>

namespace twinhull {

namespace {

constexpr char kFolderBehind = 'd';
constexpr char kNoFolderBehind = '-';

struct ListingEnd {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

char letterOf(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return static_cast<char>(ListedKind::Folder);
    case S_IFLNK:
        return static_cast<char>(ListedKind::Link);
    case S_IFIFO:
        return static_cast<char>(ListedKind::Fifo);
    case S_IFSOCK:
        return static_cast<char>(ListedKind::Socket);
    case S_IFCHR:
        return static_cast<char>(ListedKind::CharacterDevice);
    case S_IFBLK:
        return static_cast<char>(ListedKind::BlockDevice);
    default:
        return static_cast<char>(ListedKind::File);
    }
}

std::string linkText(int folder, const char* name)
{
    std::string target(PATH_MAX - 1, '\0');
    const ssize_t count = ::readlinkat(folder, name, target.data(), target.size());
    target.resize(static_cast<std::size_t>(count > 0 ? count : 0));
    return target;
}

CarryMessage listedMessage(const struct stat& info)
{
    CarryMessage message;
    message.kind = CarryKind::Listed;
    message.attributes = { info.st_mode & 07777U, info.st_uid, info.st_gid, info.st_mtim.tv_sec,
        static_cast<std::uint32_t>(info.st_mtim.tv_nsec) };
    message.bytes = info.st_size > 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
    message.text = letterOf(info.st_mode);
    message.text += S_ISDIR(info.st_mode) ? kFolderBehind : kNoFolderBehind;
    return message;
}

Result<> sendName(int folder, const char* name, const CarrySink& sink)
{
    struct stat info { };
    if (::fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return {}; // gone meanwhile, or nobody may know
    CarryMessage message = listedMessage(info);
    message.name = name;
    if (S_ISLNK(info.st_mode)) {
        struct stat behind { };
        if (::fstatat(folder, name, &behind, AT_NO_AUTOMOUNT) == 0 && S_ISDIR(behind.st_mode))
            message.text.back() = kFolderBehind;
        message.text += linkText(folder, name);
    }
    return sink(encodeCarryMessage(message));
}

Result<> sendNames(DIR* dir, const CarrySink& sink)
{
    std::size_t count = 0;
    while (const dirent* entry = ::readdir(dir)) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..")
            continue;
        if (++count > kMostListed) {
            CarryMessage rest;
            rest.kind = CarryKind::LeftOut;
            return sink(encodeCarryMessage(rest));
        }
        if (auto sent = sendName(::dirfd(dir), entry->d_name, sink); !sent)
            return sent;
    }
    return {};
}

} // namespace

Result<> listFolder(const std::string& path, const CarrySink& sink)
{
    const UniqueFd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat info { };
    if (!place || ::fstat(place.fd(), &info) != 0)
        return Error::fromErrno(errno, withoutControls(path));
    CarryMessage first = listedMessage(info);
    first.text += linkText(AT_FDCWD, ("/proc/self/fd/" + std::to_string(place.fd())).c_str());
    if (auto sent = sink(encodeCarryMessage(first)); !sent)
        return sent;
    if (S_ISDIR(info.st_mode)) {
        const int folder = ::openat(place.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const std::unique_ptr<DIR, ListingEnd> dir(folder >= 0 ? ::fdopendir(folder) : nullptr);
        if (!dir)
            return Error::fromErrno(errno, withoutControls(path));
        if (auto sent = sendNames(dir.get(), sink); !sent)
            return sent;
    }
    return sink(encodeCarryMessage({}));
}

std::optional<ListedFile> listedFileOf(const CarryMessage& message)
{
    static constexpr std::string_view kLetters = "fdlpscb";
    if (message.kind != CarryKind::Listed || message.text.size() < 2
        || kLetters.find(message.text.front()) == std::string_view::npos)
        return std::nullopt;
    return ListedFile{ message.name, static_cast<ListedKind>(message.text.front()), message.attributes, message.bytes,
        message.text.substr(2), message.text[1] == kFolderBehind };
}

} // namespace twinhull
