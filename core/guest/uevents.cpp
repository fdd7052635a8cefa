// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/uevents.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

Result<Uevents> Uevents::open()
{
    UniqueFd fd(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
    if (!fd)
        return Error::fromErrno(errno, "open the device announcements");
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = 1; // the kernel's own
    if (::bind(fd.fd(), static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) != 0)
        return Error::fromErrno(errno, "listen to the device announcements");
    return Uevents(std::move(fd));
}

void Uevents::drain() const
{
    char buffer[4096];
    while (::recv(m_fd.fd(), buffer, sizeof buffer, MSG_DONTWAIT) >= 0 || errno == EINTR) { }
}

Result<> Uevents::waitFor(
    const std::string& what, const std::function<bool()>& isThere, std::chrono::milliseconds deadline)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!isThere()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        pollfd waiting{ m_fd.fd(), POLLIN, 0 };
        if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0)
            return Error{ ErrorCode::Timeout, what + " did not appear", 0, {} };
        drain();
    }
    return {};
}

} // namespace twinhull
