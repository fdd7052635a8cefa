// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/partial_path.h"

#include "core/base/files.h"
#include "core/images/file_lock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>

namespace twinhull {

namespace {

constexpr std::string_view kSuffix = ".partial";
constexpr int kFolderAttempts = 8; // a sweep that took one away takes none of the next

/// The process id in "NAME.PID-N.partial" or "NAME.PID.partial"; 0 where there is none.
pid_t makerOf(std::string_view name)
{
    if (!name.ends_with(kSuffix))
        return 0;
    name.remove_suffix(kSuffix.size());
    const auto dot = name.find_last_of('.');
    if (dot == std::string_view::npos)
        return 0;
    pid_t pid = 0;
    const std::string_view number = name.substr(dot + 1);
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), pid);
    return failure == std::errc() && end != number.data() ? pid : 0;
}

bool isGone(pid_t pid)
{
    return ::kill(pid, 0) != 0 && errno == ESRCH;
}

bool isStillAt(const std::string& path, int file)
{
    struct stat there { };
    struct stat held { };
    return ::lstat(path.c_str(), &there) == 0 && ::fstat(file, &held) == 0 && there.st_dev == held.st_dev
        && there.st_ino == held.st_ino;
}

/// "NAME.PID-N.partial", not what writeFileAtomically() makes.
bool isFromPartialPathFor(std::string_view name)
{
    name.remove_suffix(kSuffix.size());
    return name.substr(name.find_last_of('.') + 1).find('-') != std::string_view::npos;
}

/// `isFolderOurs`: FOLDER/.lock is held.
Result<> removeIfIdle(const std::string& path, bool isFolderOurs)
{
    const std::string name = path.substr(path.rfind('/') + 1);
    const auto folder = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    bool isIdle = !folder && folder.error().sysErrno == ENOTDIR && isFolderOurs && isFromPartialPathFor(name);
    if (folder) {
        isIdle = ::flock(folder->fd(), LOCK_EX | LOCK_NB) == 0; // held until it is gone
        if (!isIdle && errno == EWOULDBLOCK)
            return {};
    }
    return isIdle || isGone(makerOf(name)) ? removeTree(path) : Result<>();
}

} // namespace

std::string partialPathFor(const std::string& path)
{
    static std::atomic<unsigned> counter = 0;
    return path + "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + std::string(kSuffix);
}

std::vector<std::string> partialsIn(const std::string& folder)
{
    std::vector<std::string> partials;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (makerOf(entry->path().filename().string()) > 0)
            partials.push_back(entry->path().string());
    }
    return partials;
}

std::vector<std::string> stalePartials(const std::string& folder)
{
    auto stale = partialsIn(folder);
    std::erase_if(stale, [](const std::string& path) { return !isGone(makerOf(path.substr(path.rfind('/') + 1))); });
    return stale;
}

Result<> removeIdlePartials(const std::string& folder)
{
    const auto partials = partialsIn(folder); // before the lock is looked for: its file is older than what it guards
    const std::string lockPath = folder + "/.lock";
    std::optional<FileLock> lock;
    if (!partials.empty() && exists(lockPath)) {
        auto taken = FileLock::tryAcquire(lockPath);
        if (!taken)
            return taken.error().code == ErrorCode::Busy ? Result<>() : std::move(taken).error();
        lock = *std::move(taken);
    }
    Result<> all;
    for (const auto& path : partials) {
        if (auto removed = removeIfIdle(path, lock.has_value()); !removed && all)
            all = std::move(removed); // the others go all the same
    }
    return all;
}

Result<> renameNew(const std::string& from, const std::string& to)
{
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return {};
    if (errno == EINVAL && !exists(to) && std::rename(from.c_str(), to.c_str()) == 0)
        return {}; // a file system that cannot
    return Error::fromErrno(errno, "save as " + to);
}

Result<> PartialGuard::makeFolder(unsigned mode)
{
    for (int attempt = 0; attempt < kFolderAttempts; ++attempt) {
        if (::mkdir(m_path.c_str(), mode) != 0)
            return Error::fromErrno(errno, "make folder " + m_path);
        auto folder = openPath(m_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (!folder && folder.error().sysErrno == ENOENT)
            continue;
        if (!folder)
            return std::move(folder).error();
        while (::flock(folder->fd(), LOCK_EX) != 0 && errno == EINTR) { } // else a file system that cannot
        m_lock = *std::move(folder);
        if (isStillAt(m_path, m_lock.fd()))
            return {};
    }
    return Error{ ErrorCode::Busy, m_path + " is removed again and again", 0, {} };
}

PartialGuard::~PartialGuard()
{
    if (!m_path.empty())
        (void)removeTree(m_path); // tried again by whoever meets it as a stale partial
}

} // namespace twinhull
