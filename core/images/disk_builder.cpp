// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/disk_builder.h"

#include "core/base/subprocess.h"
#include "core/images/file_lock.h"
#include "core/images/partial_path.h"
#include "core/images/tree_copier.h"

#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace twinhull {

namespace {

constexpr std::uint64_t kMebibyte = 1U << 20U;
constexpr int kProgressMilliseconds = 200;
const std::string kFreeSpaceHint = "Free some space there, or remove images that are not needed.";

Result<> mountIt(
    const char* source, const std::string& target, const char* type, unsigned long flags, const std::string& options)
{
    if (::mount(source, target.c_str(), type, flags, options.empty() ? nullptr : options.c_str()) != 0)
        return Error::fromErrno(errno, std::string("mount ") + type);
    return {};
}

Result<> leaveMountNamespace()
{
    if (::unshare(CLONE_NEWNS) != 0)
        return Error::fromErrno(errno, "make a mount namespace");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return Error::fromErrno(errno, "make mounts private");
    return {};
}

/// Overlayfs filters whiteouts only out of folders it merges; a folder of one layer alone would show them as names that
/// cannot be opened. So each folder with a whiteout gets an empty one below it.
Result<> mirrorWhiteoutFolders(const std::string& layer, const std::string& skeleton)
{
    namespace fs = std::filesystem;
    std::error_code failure;
    for (fs::recursive_directory_iterator entry(layer, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (entry->symlink_status(failure).type() != fs::file_type::character || failure)
            continue;
        const std::string folder = entry->path().parent_path().string().substr(layer.size());
        if (auto made = makeFolders(skeleton + folder, 0755); !made)
            return made;
    }
    return failure ? Error::fromErrno(failure.value(), "look through " + layer) : Result<>();
}

/// The layers' merged tree at FOLDER/merged, read-only. Layers are named by short links, because all of overlayfs's
/// options must fit into one page; an empty one below lets a single layer's whiteouts vanish too.
Result<> mountMerged(const DiskPlan& plan, const std::string& folder, OverlayAttributes attributes)
{
    if (auto mounted = mountIt("twinhull", folder, "tmpfs", MS_NODEV | MS_NOSUID, "mode=0700"); !mounted)
        return mounted;
    if (::chdir(folder.c_str()) != 0 || ::mkdir("merged", 0700) != 0 || ::mkdir("empty", 0755) != 0)
        return Error::fromErrno(errno, "prepare " + folder);
    std::string lower = "empty";
    for (std::size_t i = 0; i < plan.diffIds.size(); ++i) {
        const std::string name = std::to_string(i);
        const std::string layer = plan.layerPath(i);
        if (::symlink(layer.c_str(), name.c_str()) != 0)
            return Error::fromErrno(errno, "prepare " + folder);
        if (auto mirrored = mirrorWhiteoutFolders(layer, "empty"); !mirrored)
            return mirrored;
        lower.insert(0, name + ":");
    }
    const std::string options = "lowerdir=" + lower + (attributes == OverlayAttributes::User ? ",userxattr" : "");
    return mountIt("overlay", "merged", "overlay", MS_RDONLY | MS_NODEV, options)
        .withContext("merge the image's layers");
}

/// The same where overlayfs is refused: a copy, on the disk.
Result<> copyMerged(const DiskPlan& plan, const std::string& folder)
{
    if (::chdir(folder.c_str()) != 0 || ::mkdir("merged", 0755) != 0)
        return Error::fromErrno(errno, "prepare " + folder);
    std::vector<std::string> highestFirst;
    for (std::size_t i = plan.diffIds.size(); i > 0; --i)
        highestFirst.push_back(plan.layerPath(i - 1));
    return copyTree(highestFirst, "merged", [](std::uint64_t, std::uint64_t) {
    }).withContext("merge the image's layers");
}

std::uint64_t bytesOf(const std::string& path)
{
    struct stat info { };
    return ::stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

Result<std::uint64_t> neededBytes(const DiskPlan& plan)
{
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < plan.diffIds.size(); ++i) {
        auto bytes = allocatedBytes(plan.layerPath(i));
        if (!bytes)
            return bytes;
        total += *bytes;
    }
    return total;
}

Error noSpace(const std::string& folder, std::uint64_t needed)
{
    struct statvfs info { };
    const bool isKnown = ::statvfs(folder.c_str(), &info) == 0;
    const std::string free
        = isKnown ? ", " + std::to_string(info.f_bavail * info.f_frsize / kMebibyte) + " MiB are free" : "";
    return Error{ ErrorCode::OutOfSpace,
        "no space left in " + folder + ": the disk needs about " + std::to_string(needed / kMebibyte + 1) + " MiB"
            + free,
        ENOSPC, kFreeSpaceHint };
}

Result<> checkSpace(const std::string& folder, std::uint64_t needed)
{
    struct statvfs info { };
    if (::statvfs(folder.c_str(), &info) != 0)
        return Error::fromErrno(errno, "statvfs " + folder);
    return info.f_bavail * info.f_frsize < needed ? Result<>(noSpace(folder, needed)) : Result<>();
}

/// A fixed name for the file system, so that the same image makes the same disk.
std::string uuidOf(const std::string& hex)
{
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-"
        + hex.substr(20, 12);
}

/// Waits for the child; tells how large `path` is meanwhile.
Result<int> watch(const Child& child, const std::string& path, std::uint64_t total, const ProgressFunction& progress)
{
    pollfd ended{ child.pidfd.fd(), POLLIN, 0 };
    while (::poll(&ended, 1, kProgressMilliseconds) <= 0)
        progress(std::min(bytesOf(path), total), total);
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED) != 0)
        return Error::fromErrno(errno, "wait for mkfs.erofs");
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

Result<> runMkfs(
    const DiskPlan& plan, const std::string& output, std::uint64_t needed, const ProgressFunction& progress)
{
    const UniqueFd messages(::memfd_create("mkfs.erofs", MFD_CLOEXEC));
    auto child
        = spawn({ { "mkfs.erofs", "--quiet", "-U", uuidOf(plan.digest.hex()), output, "merged" }, { "LC_ALL=C" }, {} },
            { -1, messages.fd(), messages.fd() });
    if (!child)
        return std::move(child).error().withHint("Install Debian's package erofs-utils: sudo apt install erofs-utils");
    auto status = watch(*child, output, needed, progress);
    if (!status)
        return std::move(status).error();
    if (*status == 0)
        return {};
    (void)::lseek(messages.fd(), 0, SEEK_SET); // a memfd can always be rewound
    const auto text = readAll(messages, kMebibyte);
    if (text && (text->find("No space left") != std::string::npos || text->find("quota") != std::string::npos))
        return noSpace(plan.disksFolder, needed);
    return Error{ ErrorCode::Io, "mkfs.erofs: " + (text && !text->empty() ? *text : std::to_string(*status)), 0, {} };
}

Result<> makeAt(
    const DiskPlan& plan, const std::string& output, OverlayAttributes attributes, const ProgressFunction& progress)
{
    auto needed = neededBytes(plan);
    if (!needed)
        return std::move(needed).error();
    const std::uint64_t copies = plan.form == LayerForm::Overlay ? 1 : 2;
    if (auto enough = checkSpace(plan.disksFolder, *needed * copies); !enough)
        return enough;
    PartialGuard mountPoint(partialPathFor(plan.diskPath() + ".tree"));
    if (auto folder = mountPoint.makeFolder(); !folder)
        return folder;
    auto made = plan.form == LayerForm::Overlay ? mountMerged(plan, mountPoint.path(), attributes)
                                                : copyMerged(plan, mountPoint.path());
    if (made)
        made = runMkfs(plan, output, *needed, progress);
    [[maybe_unused]] const int left = ::chdir("/"); // out of the mount, so that it can go
    (void)::umount2((mountPoint.path() + "/merged").c_str(), MNT_DETACH); // where it was mounted
    (void)::umount2(mountPoint.path().c_str(), MNT_DETACH);
    return made;
}

Result<> sync(const std::string& path)
{
    auto file = openPath(path, O_RDONLY);
    if (!file)
        return std::move(file).error();
    return ::fsync(file->fd()) == 0 ? Result<>() : Error::fromErrno(errno, "fsync " + path);
}

} // namespace

Result<> buildDisk(const DiskPlan& plan, OverlayAttributes attributes, const ProgressFunction& progress)
{
    auto lock = FileLock::acquire(plan.disksFolder + "/.lock");
    if (!lock)
        return std::move(lock).error();
    if (exists(plan.diskPath()))
        return {};
    if (auto left = leaveMountNamespace(); !left)
        return left;
    PartialGuard partial(partialPathFor(plan.diskPath()));
    if (auto made = makeAt(plan, partial.path(), attributes, progress); !made)
        return std::move(made).error().withContext("make the root disk");
    if (auto synced = sync(partial.path()); !synced)
        return synced;
    if (std::rename(partial.path().c_str(), plan.diskPath().c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + plan.diskPath());
    partial.keep();
    return {};
}

} // namespace twinhull
