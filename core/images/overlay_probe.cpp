// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/overlay_probe.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/images/partial_path.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <functional>

namespace twinhull {

namespace {

/// The computer's or the moment's, not the file system's way.
bool isPassing(int number)
{
    constexpr std::array kPassing{ ENOSPC, EDQUOT, ENOMEM, EMFILE, ENFILE, EIO, EINTR, ENOENT, ENOTCONN,
        ECONNABORTED }; // the last two: fuse-overlayfs has ended
    return std::find(kPassing.begin(), kPassing.end(), number) != kPassing.end();
}

Error refusedHere(int number, std::string_view what)
{
    if (isPassing(number))
        return Error::fromErrno(number, "try out overlayfs: " + std::string(what));
    return Error::fromErrno(number, std::string(kOverlayRefused).append(what));
}

Result<> makeProbeFile(const char* name)
{
    const auto file = openPath(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    return file ? writeAll(*file, "x") : Result<>(file.error());
}

/// In the working folder: "low" and "high" for layers, without marks, "upper", "work", and "root" to mount at.
Result<> makeProbeFolders()
{
    for (const char* name : { "low", "low/full", "low/full/hidden", "high", "high/full", "upper", "work", "root" }) {
        if (::mkdir(name, 0755) != 0)
            return Error::fromErrno(errno, std::string("make folder ") + name);
    }
    for (const char* name : { "low/gone", "low/kept" }) {
        if (auto made = makeProbeFile(name); !made)
            return made;
    }
    return {};
}

/// As layers are unpacked.
Result<> makeProbeLayers(OverlayAttributes attributes)
{
    if (auto made = makeProbeFolders(); !made)
        return made;
    if (::mknod("high/gone", S_IFCHR, ::makedev(0, 0)) != 0)
        return refusedHere(errno, "its file system takes no whiteouts, by which layers hide names");
    const char* opaque = attributes == OverlayAttributes::Trusted ? "trusted.overlay.opaque" : "user.overlay.opaque";
    if (::setxattr("high/full", opaque, "y", 1, 0) != 0)
        return refusedHere(errno, "its file system takes no marks of opaque folders");
    return {};
}

Result<> makeNamedProbeLayers()
{
    if (auto made = makeProbeFolders(); !made)
        return made;
    auto made = makeProbeFile("high/.wh.gone");
    return made ? makeProbeFile("high/full/.wh..wh..opq") : made;
}

bool isInRoot(const char* name)
{
    struct stat info { };
    return ::lstat((std::string("root/") + name).c_str(), &info) == 0;
}

Result<> useProbeRoot()
{
    if (isInRoot("gone") || isInRoot("full/hidden"))
        return Error{ ErrorCode::Unsupported, std::string(kOverlayRefused) + "overlayfs shows there what a layer hides",
            0, {} };
    if (auto made = makeProbeFile("root/made"); !made)
        return refusedHere(made.error().sysErrno, "overlayfs takes no new file there");
    if (::chmod("root/full", 0700) != 0)
        return refusedHere(errno, "overlayfs changes no file of a layer there");
    return ::unlink("root/kept") == 0 ? Result<>() : refusedHere(errno, "overlayfs removes no file of a layer there");
}

Result<> probeHere(OverlayAttributes attributes)
{
    if (auto made = makeProbeLayers(attributes); !made)
        return made;
    const std::string options = std::string("lowerdir=high:low,upperdir=upper,workdir=work")
        + (attributes == OverlayAttributes::User ? ",userxattr" : "");
    if (::mount("overlay", "root", "overlay", MS_NODEV, options.c_str()) != 0)
        return refusedHere(errno, "overlayfs cannot be mounted there");
    auto used = useProbeRoot();
    (void)::umount2("root", MNT_DETACH); // it is this process's alone
    return used;
}

/// Mounted here, because only who opened the device in this user namespace can (core/runtime/mounts/fuse_root.h).
Result<Child> mountFuseProbe(const std::string& program)
{
    auto device = openPath("/dev/fuse", O_RDWR);
    if (!device)
        return std::move(device).error();
    const std::string options
        = "fd=" + std::to_string(device->fd()) + ",rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other";
    if (::mount("fuse-overlayfs", "root", "fuse.fuse-overlayfs", MS_NODEV, options.c_str()) != 0)
        return Error::fromErrno(errno, "mount it");
    return spawn({ { program, "-f", "-o", "writeback=0,lowerdir=high:low,upperdir=upper,workdir=work", "/dev/fd/3" },
                     { "FUSE_OVERLAYFS_DISABLE_OVL_WHITEOUT=1" }, {} },
        ChildStdio{ -1, -1, -1, device->fd() });
}

Result<> useFuseProbe(const std::string& program)
{
    if (auto made = makeNamedProbeLayers(); !made)
        return made;
    auto server = mountFuseProbe(program);
    if (!server)
        return std::move(server).error();
    auto used = useProbeRoot();
    (void)::umount2("root", MNT_DETACH); // it is this process's and the server's alone
    (void)::kill(server->pid, SIGKILL); // not waited for yet
    (void)::waitpid(server->pid, nullptr, 0); // killed: nothing to learn
    return used;
}

/// In a folder and a mount namespace of its own.
Result<> probeIn(const std::string& folder, const std::function<Result<>()>& probe)
{
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return Error::fromErrno(errno, "make a mount namespace");
    PartialGuard place(partialPathFor(folder + "/overlay-probe"));
    if (auto made = place.makeFolder(); !made)
        return made;
    if (::chdir(place.path().c_str()) != 0)
        return Error::fromErrno(errno, "enter folder " + place.path());
    auto probed = probe();
    [[maybe_unused]] const int left = ::chdir("/"); // so that the place can go
    return probed;
}

} // namespace

Result<> probeOverlay(const std::string& folder, OverlayAttributes attributes)
{
    return probeIn(folder, [attributes] { return probeHere(attributes); });
}

Result<> probeFuseOverlay(const std::string& folder, const std::string& program)
{
    return probeIn(folder, [&program] { return useFuseProbe(program); }).withContext("fuse-overlayfs");
}

} // namespace twinhull
