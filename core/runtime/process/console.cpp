// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/console.h"

#include "core/base/descriptor_passing.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace twinhull::runtime {

namespace {

Result<> verifyMultiplexer(const UniqueFd& file)
{
    struct stat info { };
    struct statfs system { };
    if (::fstat(file.fd(), &info) != 0 || ::fstatfs(file.fd(), &system) != 0)
        return Error::fromErrno(errno, "check /dev/pts/ptmx");
    if (S_ISCHR(info.st_mode) && info.st_rdev == makedev(5, 2) && system.f_type == DEVPTS_SUPER_MAGIC)
        return {};
    return Error{ ErrorCode::Unsupported, "a terminal needs a devpts file system on /dev/pts of the container", 0,
        "Add the mount, or set process.terminal to false" };
}

Result<UniqueFd> openMultiplexer(const RootFd& root)
{
    // looked at before it is opened: opening a device has effects
    auto place = root.open("/dev/pts/ptmx", O_PATH | O_NOFOLLOW);
    if (!place)
        return place;
    if (auto verified = verifyMultiplexer(*place); !verified)
        return std::move(verified).error();
    auto master = root.open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW);
    if (!master)
        return master;
    if (auto verified = verifyMultiplexer(*master); !verified)
        return std::move(verified).error();
    return master;
}

} // namespace

Result<Console> openConsole(const RootFd& root, const oci::Process& process)
{
    auto master = openMultiplexer(root);
    if (!master)
        return std::move(master).error().withContext("open a terminal");
    int unlock = 0;
    if (::ioctl(master->fd(), TIOCSPTLCK, &unlock) != 0)
        return Error::fromErrno(errno, "unlock the terminal");
    UniqueFd slave(::ioctl(master->fd(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!slave)
        return Error::fromErrno(errno, "open the terminal's other end");
    if (process.consoleSize) {
        const winsize size{ process.consoleSize->height, process.consoleSize->width, 0, 0 };
        (void)::ioctl(slave.fd(), TIOCSWINSZ, &size); // a size is a wish
    }
    return Console{ *std::move(master), std::move(slave) };
}

Result<> mountConsole(Syscalls& calls, const RootFd& root, const Console& console)
{
    auto target = root.makeFile("/dev/console");
    if (!target)
        return std::move(target).error();
    auto clone = calls.cloneMount(console.slave.fd(), "", AT_EMPTY_PATH);
    if (!clone)
        return std::move(clone).error().withContext("/dev/console");
    return calls.attachMount(clone->fd(), target->fd()).withContext("/dev/console");
}

Result<> adoptConsole(const Console& console)
{
    if (::ioctl(console.slave.fd(), TIOCSCTTY, 0) != 0)
        return Error::fromErrno(errno, "take the terminal");
    for (int fd = 0; fd <= 2; ++fd) {
        if (::dup2(console.slave.fd(), fd) < 0)
            return Error::fromErrno(errno, "take the terminal as descriptor " + std::to_string(fd));
    }
    return {};
}

Result<> sendToConsoleSocket(const std::string& path, const UniqueFd& master)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Error{ ErrorCode::InvalidArgument, "--console-socket " + path + ": the path is too long", 0, {} };
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        return Error::fromErrno(errno, "make a socket for the terminal");
    std::memcpy(address.sun_path, path.c_str(), path.size());
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "--console-socket " + path).withHint("Something must listen on that socket");
    return sendWithDescriptor(socket, "/dev/ptmx", master.fd()).withContext("hand the terminal to " + path);
}

} // namespace twinhull::runtime
