// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/syscalls.h"

#include "core/runtime/mounts/mount_call.h"
#include "core/runtime/process/memory_sharing_child.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

Error failed(const std::string& what)
{
    return Error::fromErrno(errno, what);
}

/// The kernel's own words ("e overlay: No lower dirs"), where it has some.
std::string logOf(const UniqueFd& context)
{
    char text[256];
    const ssize_t count = ::read(context.fd(), text, sizeof text);
    return count > 2 ? " (" + std::string(text + 2, static_cast<std::size_t>(count - 2)) + ")" : std::string();
}

template <typename Clone>
Result<ClonedProcess> makeProcess(const CloneRequest& request, const Clone& clone)
{
    int pidfd = -1;
    clone_args arguments{};
    arguments.flags = request.flags | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
    // with CLONE_PARENT the kernel takes the exit signal of the caller
    arguments.exit_signal = (request.flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
    if (request.cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(request.cgroup);
    }
    const long pid = clone(arguments);
    if (pid < 0)
        return failed("make a process in new namespaces");
    return ClonedProcess{ static_cast<pid_t>(pid), UniqueFd(pid > 0 ? pidfd : -1) };
}

class KernelSyscalls final : public Syscalls {
public:
    Result<ClonedProcess> cloneProcess(const CloneRequest& request) override
    {
        return makeProcess(
            request, [](clone_args& arguments) { return ::syscall(SYS_clone3, &arguments, sizeof arguments); });
    }

    Result<ClonedProcess> runSharingMemory(const CloneRequest& request, const std::function<void()>& work) override
    {
        return makeProcess(request, [&](clone_args& arguments) { return cloneSharingMemory(arguments, work); });
    }

    Result<> joinNamespaces(int fd, int kinds) override
    {
        if (::setns(fd, kinds) != 0)
            return failed("enter the namespace");
        return {};
    }

    Result<> makeNamespaces(int kinds) override
    {
        if (::unshare(kinds) != 0)
            return failed("make a namespace");
        return {};
    }

    Result<> plainMount(const PlainMount& mount) override
    {
        if (::mount(mount.source, mount.target, mount.type, mount.flags, mount.options) != 0)
            return failed("mount " + std::string(mount.type != nullptr ? mount.type : mount.target));
        return {};
    }

    Result<UniqueFd> makeFileSystem(const FileSystemRequest& request) override
    {
        UniqueFd context(::fsopen(request.type.c_str(), FSOPEN_CLOEXEC));
        if (!context)
            return failed("file system " + request.type);
        if (!request.source.empty()
            && ::fsconfig(context.fd(), FSCONFIG_SET_STRING, "source", request.source.c_str(), 0) != 0)
            return failed(request.type + " from " + request.source);
        for (const auto& [key, value] : request.options) {
            const auto command = value.empty() ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
            if (::fsconfig(context.fd(), command, key.c_str(), value.empty() ? nullptr : value.c_str(), 0) != 0)
                return failed("option " + key + (value.empty() ? "" : "=" + value) + " of " + request.type);
        }
        if (::fsconfig(context.fd(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
            const int number = errno;
            return Error::fromErrno(number, "make " + request.type + logOf(context));
        }
        UniqueFd mount(::fsmount(context.fd(), FSMOUNT_CLOEXEC, static_cast<unsigned>(request.attributes)));
        if (!mount)
            return failed("mount " + request.type);
        return mount;
    }

    Result<UniqueFd> cloneMount(int folder, const char* path, unsigned flags) override
    {
        UniqueFd mount(::open_tree(folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags));
        if (!mount)
            return failed("bind " + std::string(path[0] != '\0' ? path : "a descriptor"));
        return mount;
    }

    Result<> changeMount(int mount, const MountChange& change) override
    {
        mount_attr attributes{};
        attributes.attr_set = change.set;
        attributes.attr_clr = change.clear;
        attributes.propagation = change.propagation;
        if ((change.set & MOUNT_ATTR_IDMAP) != 0)
            attributes.userns_fd = static_cast<std::uint64_t>(change.userNamespace);
        if (::mount_setattr(mount, "", AT_EMPTY_PATH | change.flags, &attributes, sizeof attributes) != 0)
            return failed("set mount attributes");
        return {};
    }

    Result<> attachMount(int mount, int target) override
    {
        if (::move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
            return failed("attach the mount");
        return {};
    }

    Result<> mountFileSystem(const FileSystemRequest& request, int target) override
    {
        const auto call = asMountCall(request);
        const std::string place = "/proc/self/fd/" + std::to_string(target);
        const char* const source = request.source.empty() ? nullptr : request.source.c_str();
        // what fails here fails again below, where the kernel says which option it was
        if (call && ::mount(source, place.c_str(), request.type.c_str(), call->flags, call->options.c_str()) == 0)
            return {};
        return Syscalls::mountFileSystem(request, target);
    }

    Result<> pivotIntoWorkingFolder(OldRoot old) override
    {
        const UniqueFd oldRoot(old == OldRoot::SeenByHost ? ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1);
        if (::syscall(SYS_pivot_root, ".", ".") != 0)
            return failed("pivot_root");
        // "." is the new root still: the old one is entered by its descriptor
        if (old == OldRoot::SeenByHost
            && (::fchdir(oldRoot.fd()) != 0 || ::mount(nullptr, ".", nullptr, MS_REC | MS_SLAVE, nullptr) != 0))
            return failed("cut the old root off");
        if (::umount2(".", MNT_DETACH) != 0)
            return failed("detach the old root");
        if (::chdir("/") != 0)
            return failed("enter the new root");
        return {};
    }

    Result<> labelFile(int file, const std::string& label) override
    {
        if (::fsetxattr(file, "security.selinux", label.c_str(), label.size() + 1, 0) != 0)
            return Error::fromErrno(errno, "set the SELinux label " + label);
        return {};
    }
    Result<> makeNode(int folder, const char* name, unsigned mode, dev_t device) override
    {
        if (::mknodat(folder, name, mode, device) != 0)
            return failed("make device " + std::string(name));
        return {};
    }

    Result<> setHostname(const std::string& name) override
    {
        if (::sethostname(name.data(), name.size()) != 0)
            return failed("set hostname " + name);
        return {};
    }

    Result<> setDomainname(const std::string& name) override
    {
        if (::setdomainname(name.data(), name.size()) != 0)
            return failed("set domain name " + name);
        return {};
    }
};

} // namespace

Syscalls& kernelSyscalls()
{
    static KernelSyscalls calls;
    return calls;
}

} // namespace twinhull::runtime
