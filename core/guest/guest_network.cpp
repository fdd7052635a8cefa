// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_network.h"

#include "core/base/files.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <net/route.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace twinhull {

namespace {

struct NameIndexFree {
    void operator()(struct if_nameindex* list) const noexcept { ::if_freenameindex(list); }
};

Result<std::string> firstInterface()
{
    const std::unique_ptr<struct if_nameindex, NameIndexFree> list(::if_nameindex());
    for (const struct if_nameindex* entry = list.get(); entry != nullptr && entry->if_index != 0; ++entry) {
        if (std::strcmp(entry->if_name, "lo") != 0)
            return std::string(entry->if_name);
    }
    return Error{ ErrorCode::NotFound, "no network interface", 0, {} };
}

Result<sockaddr_in> addressOf(const std::string& text)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (::inet_pton(AF_INET, text.c_str(), &address.sin_addr) != 1)
        return Error{ ErrorCode::InvalidArgument, "not an IPv4 address: " + text, 0, {} };
    return address;
}

sockaddr* generic(sockaddr_in* address)
{
    return static_cast<sockaddr*>(static_cast<void*>(address));
}

Result<UniqueFd> controlSocket()
{
    UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd)
        return Error::fromErrno(errno, "open a network socket");
    return fd;
}

ifreq requestFor(const std::string& interface)
{
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    return request;
}

Result<> setAddress(const UniqueFd& control, const std::string& interface, unsigned long operation, sockaddr_in address)
{
    ifreq request = requestFor(interface);
    std::memcpy(&request.ifr_addr, &address, sizeof address);
    if (::ioctl(control.fd(), operation, &request) != 0)
        return Error::fromErrno(errno, "set the address of " + interface);
    return {};
}

Result<> setUp(const UniqueFd& control, const std::string& interface)
{
    ifreq request = requestFor(interface);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (::ioctl(control.fd(), SIOCSIFFLAGS, &request) != 0)
        return Error::fromErrno(errno, "bring up " + interface);
    return {};
}

Result<> setDefaultRoute(const UniqueFd& control, sockaddr_in gateway)
{
    rtentry route{};
    sockaddr_in any{};
    any.sin_family = AF_INET;
    std::memcpy(&route.rt_dst, &any, sizeof any);
    std::memcpy(&route.rt_genmask, &any, sizeof any);
    std::memcpy(&route.rt_gateway, generic(&gateway), sizeof gateway);
    route.rt_flags = RTF_UP | RTF_GATEWAY;
    if (::ioctl(control.fd(), SIOCADDRT, &route) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "set the default route");
    return {};
}

sockaddr_in netmask(int prefixLength)
{
    sockaddr_in mask{};
    mask.sin_family = AF_INET;
    mask.sin_addr.s_addr = htonl(~std::uint32_t{ 0 } << static_cast<unsigned>(32 - prefixLength));
    return mask;
}

Result<> replaceFile(const std::string& path, const std::string& text)
{
    (void)::unlink(path.c_str()); // may be missing
    auto file = openPath(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (!file)
        return std::move(file).error();
    return writeAll(*file, text);
}

} // namespace

Result<> bringUpLoopback()
{
    auto control = controlSocket();
    if (!control)
        return std::move(control).error();
    return setUp(*control, "lo"); // the kernel adds 127.0.0.1/8 by itself
}

Result<> bringUpNetwork(const GuestNetwork& network)
{
    const auto interface = firstInterface();
    const auto address = addressOf(network.address);
    const auto gateway = addressOf(network.gateway);
    auto control = controlSocket();
    if (!interface)
        return Error(interface.error());
    if (!address || !gateway)
        return Error(!address ? address.error() : gateway.error());
    if (!control)
        return std::move(control).error();
    if (auto set = setAddress(*control, *interface, SIOCSIFADDR, *address); !set)
        return set;
    if (auto set = setAddress(*control, *interface, SIOCSIFNETMASK, netmask(network.prefixLength)); !set)
        return set;
    if (auto up = setUp(*control, *interface); !up)
        return up;
    return setDefaultRoute(*control, *gateway);
}

Result<> writeNames(const std::string& root, const GuestSetup& setup)
{
    if (root.empty() && ::sethostname(setup.hostName.c_str(), setup.hostName.size()) != 0)
        return Error::fromErrno(errno, "set the host name");
    if (auto made = makeFolders(root + "/etc", 0755); !made)
        return made;
    if (auto written = replaceFile(root + "/etc/hostname", setup.hostName + "\n"); !written)
        return written;
    std::string hosts = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    hosts += (setup.network ? setup.network->address : "127.0.0.1") + "\t" + setup.hostName + "\n";
    if (auto written = replaceFile(root + "/etc/hosts", hosts); !written)
        return written;
    if (!setup.network)
        return {};
    return replaceFile(root + "/etc/resolv.conf", "nameserver " + setup.network->nameServer + "\n");
}

} // namespace twinhull
