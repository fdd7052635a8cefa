// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace twinhull::runtime {

/// A file system made by fsopen(2), not attached anywhere.
struct FileSystemRequest {
    std::string type;
    std::string source; ///< may be empty
    std::vector<std::pair<std::string, std::string>> options; ///< an empty value is a flag; values at most 255 bytes
    std::uint64_t attributes = 0; ///< MOUNT_ATTR_*
};

/// mount_setattr(2).
struct MountChange {
    std::uint64_t set = 0; ///< MOUNT_ATTR_*
    std::uint64_t clear = 0;
    std::uint64_t propagation = 0; ///< MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE or 0
    unsigned flags = 0; ///< AT_RECURSIVE
    int userNamespace = -1; ///< with MOUNT_ATTR_IDMAP
};

/// What becomes of the mounts that pivot_root(2) leaves behind.
enum class OldRoot {
    Apart, ///< nothing that happens to them is seen elsewhere
    SeenByHost, ///< some are peers of the host's: they are cut off before they go
};

/// mount(2): for what the descriptor based calls cannot do.
struct PlainMount {
    const char* source = nullptr;
    const char* target = nullptr;
    const char* type = nullptr;
    unsigned long flags = 0;
    const char* options = nullptr;
};

struct CloneRequest {
    std::uint64_t flags = 0; ///< CLONE_NEW*, CLONE_PARENT
    int cgroup = -1; ///< folder in a cgroup v2 tree to be born in; -1: the caller's
};

struct ClonedProcess {
    pid_t pid = -1; ///< 0 in the child
    UniqueFd pidfd;
};

/// The calls that change the world, and only those, so that tests can record what would be done. Errors name the call's
/// purpose; every descriptor that comes back is close-on-exec. Used from one thread.
class Syscalls {
public:
    virtual ~Syscalls() = default;

    virtual Result<ClonedProcess> cloneProcess(const CloneRequest& request) = 0; ///< clone3(2), no shared memory
    /// `work` in a process that shares this one's memory (process/memory_sharing_child.h); comes back when it has
    /// ended.
    virtual Result<ClonedProcess> runSharingMemory(const CloneRequest& request, const std::function<void()>& work) = 0;
    virtual Result<> joinNamespaces(int fd, int kinds) = 0; ///< setns(2); fd of a namespace or a pidfd
    virtual Result<> makeNamespaces(int kinds) = 0; ///< unshare(2)
    virtual Result<> plainMount(const PlainMount& mount) = 0;
    virtual Result<UniqueFd> makeFileSystem(const FileSystemRequest& request) = 0; ///< fsopen, fsconfig, fsmount
    virtual Result<UniqueFd> cloneMount(int folder, const char* path, unsigned flags) = 0; ///< open_tree(2)
    virtual Result<> changeMount(int mount, const MountChange& change) = 0;
    virtual Result<> attachMount(int mount, int target) = 0; ///< move_mount(2) onto an O_PATH descriptor
    /// A new file system at once on `target`, an O_PATH descriptor.
    virtual Result<> mountFileSystem(const FileSystemRequest& request, int target)
    {
        auto made = makeFileSystem(request);
        return made ? attachMount(made->fd(), target) : std::move(made).error();
    }
    virtual Result<> pivotIntoWorkingFolder(OldRoot old) = 0; ///< pivot_root(".", "."), then detaches the old root
    virtual Result<> makeNode(int folder, const char* name, unsigned mode, dev_t device) = 0; ///< mknodat(2)
    virtual Result<> labelFile(int file, const std::string& label) = 0; ///< "security.selinux" by fsetxattr(2)
    virtual Result<> setHostname(const std::string& name) = 0;
    virtual Result<> setDomainname(const std::string& name) = 0;
};

/// The real ones.
Syscalls& kernelSyscalls();

} // namespace twinhull::runtime
