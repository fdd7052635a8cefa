// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/protected_program.h"

#include "core/base/files.h"
#include "core/base/sealed_file.h"

#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace twinhull::runtime {

namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

bool isProtected(const UniqueFd& program)
{
    const int seals = ::fcntl(program.fd(), F_GET_SEALS);
    if (seals >= 0 && (seals & kSeals) == kSeals)
        return true;
    struct statvfs system { };
    if (::fstatvfs(program.fd(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0)
        return true; // by the mount: every open for writing through /proc/PID/exe is EROFS
    struct stat info { };
    // an ordinary user's containers have that user's rights and no more: a file of root's is out of their reach
    return ::geteuid() != 0 && ::fstat(program.fd(), &info) == 0 && info.st_uid == 0
        && ::faccessat(program.fd(), "", W_OK, AT_EMPTY_PATH | AT_EACCESS) != 0;
}

/// A mount of its own that hangs nowhere. Executing closes the descriptor and with it the mount's namespace: nobody can
/// change its flags from then on, while /proc/PID/exe goes on to lead through it.
UniqueFd readonlyMount(const UniqueFd& program)
{
    UniqueFd mount(::open_tree(program.fd(), "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (mount && ::mount_setattr(mount.fd(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
        mount.reset();
    return mount;
}

Result<UniqueFd> sealedCopy(const UniqueFd& program)
{
    auto copy = programInMemory("hull");
    if (!copy)
        return copy;
    struct stat info { };
    if (::fstat(program.fd(), &info) != 0)
        return Error::fromErrno(errno, "copy hull into memory");
    for (off_t offset = 0; offset < info.st_size;) {
        if (::sendfile(copy->fd(), program.fd(), &offset, static_cast<std::size_t>(info.st_size - offset)) <= 0)
            return Error::fromErrno(errno, "copy hull into memory");
    }
    if (::fchmod(copy->fd(), 0500) != 0 || ::fcntl(copy->fd(), F_ADD_SEALS, kSeals) != 0)
        return Error::fromErrno(errno, "seal the copy of hull");
    return copy;
}

bool isStartedByDescriptor()
{
    const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    return name != nullptr && std::strncmp(name, "/dev/fd/", 8) == 0;
}

} // namespace

bool isProgramProtected()
{
    auto program = openPath("/proc/self/exe", O_RDONLY);
    return program && isProtected(*program);
}

Result<> protectProgram(char** arguments)
{
    auto program = openPath("/proc/self/exe", O_RDONLY);
    if (!program)
        return std::move(program).error();
    if (isProtected(*program))
        return {};
    if (isStartedByDescriptor())
        return Error{ ErrorCode::Unsupported, "hull could not protect its own program file from containers", 0, {} };
    if (const UniqueFd mount = readonlyMount(*program); mount)
        ::syscall(SYS_execveat, mount.fd(), "", arguments, environ, AT_EMPTY_PATH);
    auto copy = sealedCopy(*program);
    if (!copy)
        return std::move(copy).error();
    ::syscall(SYS_execveat, copy->fd(), "", arguments, environ, AT_EMPTY_PATH);
    return Error::fromErrno(errno, "start the protected copy of hull");
}

} // namespace twinhull::runtime
