// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/loopback.h"

#include "core/base/unique_fd.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace twinhull::runtime {

Result<> bringLoopbackUp()
{
    UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket)
        return Error::fromErrno(errno, "socket for loopback");
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", sizeof request.ifr_name - 1);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (::ioctl(socket.fd(), SIOCSIFFLAGS, &request) != 0)
        return Error::fromErrno(errno, "bring loopback up");
    return {};
}

} // namespace twinhull::runtime
