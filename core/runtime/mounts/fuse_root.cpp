// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/fuse_root.h"

#include "core/base/files.h"

#include <sys/mount.h>
#include <sys/vfs.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

constexpr const char* kFuseDevice = "/dev/fuse";
constexpr const char* kFuseDeviceHint = "Load the driver (modprobe fuse) and open the device to users "
                                        "(chmod 0666 /dev/fuse), or make the container anew";

/// A comma ends an option; fuse_opt_parse() takes what stands behind a backslash as it is.
void appendFolder(std::string& options, const std::string& folder)
{
    for (const char c : folder) {
        if (c == ',' || c == '\\')
            options += '\\';
        options += c;
    }
}

} // namespace

Result<UniqueFd> mountFuseRoot(Syscalls& calls, const RootFilesystem& root, const UniqueFd& target)
{
    auto device = openPath(kFuseDevice, O_RDWR);
    if (!device)
        return std::move(device).error().withHint(kFuseDeviceHint);
    std::string options
        = "fd=" + std::to_string(device->fd()) + ",rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other";
    if (!root.label.empty())
        options += ",context=\"" + root.label + "\"";
    const std::string targetPath = "/proc/self/fd/" + std::to_string(target.fd());
    auto mounted
        = calls.plainMount({ "fuse-overlayfs", targetPath.c_str(), "fuse.fuse-overlayfs", MS_NODEV, options.c_str() });
    return mounted ? std::move(device) : std::move(mounted).error();
}

Result<> awaitFuseRoot(const UniqueFd& root)
{
    struct statfs info { };
    int done = ::fstatfs(root.fd(), &info);
    while (done != 0 && errno == EINTR)
        done = ::fstatfs(root.fd(), &info);
    return done == 0 ? Result<>() : Error::fromErrno(errno, "fuse-overlayfs does not answer");
}

std::vector<std::string> fuseRootCommand(const RootFilesystem& root, int device)
{
    std::string options = "writeback=0,lowerdir=";
    for (const auto& folder : root.lower) {
        if (&folder != &root.lower.front())
            options += ':';
        appendFolder(options, folder);
    }
    if (!root.upper.empty()) {
        appendFolder(options += ",upperdir=", root.upper);
        appendFolder(options += ",workdir=", root.work);
    }
    return { root.fuseProgram, "-f", "-o", std::move(options), "/dev/fd/" + std::to_string(device) };
}

} // namespace twinhull::runtime
