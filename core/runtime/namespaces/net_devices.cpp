// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/net_devices.h"

#include "core/base/files.h"

#include <net/if.h>
#include <sched.h>
#include <sys/stat.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

constexpr const char* kOwnNetwork = "/proc/self/ns/net";

std::string pathOf(const std::string& device)
{
    return "config.json: linux.netDevices." + device;
}

Error explain(Error error)
{
    switch (error.sysErrno) {
    case EPERM:
    case EACCES:
        return std::move(error).withHint("Only root may give devices of this computer's network away");
    case EEXIST:
        return std::move(error).withHint("Give it another name by the member name; eth%d takes the next free one");
    case EINVAL:
    case EOPNOTSUPP:
        return std::move(error).withHint("The kernel keeps some devices, such as lo, where they are");
    default:
        return error;
    }
}

Result<RouteLink> requireLink(const RouteSocket& socket, const std::string& device)
{
    auto link = socket.linkNamed(device);
    if (!link)
        return std::move(link).error();
    if (*link)
        return **link;
    return Error{ ErrorCode::NotFound, "there is no network device of that name", ENODEV,
        "`ip link` shows those of this computer" };
}

bool isOwnNetwork(const UniqueFd& network)
{
    struct stat own { };
    struct stat given { };
    return ::stat(kOwnNetwork, &own) == 0 && ::fstat(network.fd(), &given) == 0 && own.st_ino == given.st_ino
        && own.st_dev == given.st_dev;
}

/// A device's number in its new network: its own one where that is free, so that the device can be told from others
/// even when it has been moved and not renamed.
Result<int> numberInside(const RouteSocket& inside, int index)
{
    auto taken = inside.linkAt(index);
    if (!taken)
        return std::move(taken).error();
    if (!*taken)
        return index;
    auto highest = inside.highestIndex();
    return highest ? Result(*highest + 1) : std::move(highest).error();
}

Result<> requireFreeName(const RouteSocket& inside, const std::string& name)
{
    if (name.find('%') != std::string::npos)
        return {};
    auto taken = inside.linkNamed(name);
    if (!taken)
        return std::move(taken).error();
    if (*taken)
        return Error{ ErrorCode::AlreadyExists, "the container's network has a device named " + name + " already",
            EEXIST, {} };
    return {};
}

Result<> addAddresses(const RouteSocket& socket, int index, const std::vector<RouteAddress>& addresses)
{
    for (const auto& address : addresses) {
        auto added = socket.addAddress(index, address);
        if (!added && added.error().sysErrno != EEXIST)
            return std::move(added).withContext("keep its addresses");
    }
    return {};
}

} // namespace

Result<> checkNetDevices(const NetDevices& devices, const NamespacePlan& namespaces)
{
    if (devices.empty())
        return {};
    for (const auto& join : namespaces.joins) {
        if (join.kind == oci::NamespaceKind::Network && isOwnNetwork(join.fd))
            return Error{ ErrorCode::InvalidArgument,
                "config.json: linux.netDevices: the container has the host's network", 0,
                "Give it a network namespace of its own, or leave netDevices out" };
    }
    auto host = RouteSocket::open();
    if (!host)
        return std::move(host).error();
    for (const auto& [device, name] : devices) {
        auto link = requireLink(*host, device);
        auto allowed = link ? host->checkRights(link->index) : Result<>(std::move(link).error());
        if (!allowed)
            return explain(std::move(allowed).error()).withContext(pathOf(device));
    }
    return {};
}

Result<> GivenNetDevices::openNetworks(Syscalls& calls, pid_t pid)
{
    auto host = RouteSocket::open();
    if (!host)
        return std::move(host).error();
    auto hostNetwork = openPath(kOwnNetwork, O_RDONLY);
    if (!hostNetwork)
        return std::move(hostNetwork).error();
    auto network = openPath("/proc/" + std::to_string(pid) + "/ns/net", O_RDONLY);
    if (!network)
        return std::move(network).error();
    if (auto entered = calls.joinNamespaces(network->fd(), CLONE_NEWNET); !entered)
        return entered;
    auto inside = RouteSocket::open();
    if (auto left = calls.joinNamespaces(hostNetwork->fd(), CLONE_NEWNET); !left)
        return std::move(left).withContext("leave the container's network");
    if (!inside)
        return std::move(inside).error();
    m_host = *std::move(host);
    m_hostNetwork = *std::move(hostNetwork);
    m_insideNetwork = *std::move(network);
    m_inside = *std::move(inside);
    return {};
}

Result<> GivenNetDevices::give(Syscalls& calls, const NetDevices& devices, pid_t pid)
{
    if (devices.empty())
        return {};
    if (auto opened = openNetworks(calls, pid); !opened)
        return std::move(opened).withContext("config.json: linux.netDevices");
    for (const auto& [device, name] : devices) {
        if (auto given = giveOne(device, name); !given)
            return explain(std::move(given).error()).withContext(pathOf(device));
    }
    return {};
}

Result<> GivenNetDevices::giveOne(const std::string& name, const std::string& newName)
{
    auto link = requireLink(*m_host, name);
    if (!link)
        return std::move(link).error();
    if (auto isFree = requireFreeName(*m_inside, newName); !isFree)
        return isFree;
    auto addresses = m_host->permanentAddresses(link->index);
    if (!addresses)
        return std::move(addresses).error();
    auto index = numberInside(*m_inside, link->index);
    if (!index)
        return std::move(index).error();
    auto moved = m_host->moveLink({ link->index, m_insideNetwork.fd(), *index, newName });
    auto there = m_inside->linkAt(*index);
    if (there && *there) // from here on it can be taken back, also when its new name was refused
        m_devices.push_back({ name, link->index, *index, (link->flags & IFF_UP) != 0 });
    if (!moved)
        return std::move(moved).error();
    auto done = addAddresses(*m_inside, *index, *addresses);
    return done ? m_inside->bringUp(*index).withContext("bring it up") : done;
}

Result<> GivenNetDevices::resume(Syscalls& calls, const std::vector<oci::GivenDevice>& devices, pid_t pid)
{
    if (devices.empty())
        return {};
    auto opened = openNetworks(calls, pid);
    if (opened)
        m_devices = devices;
    return std::move(opened).withContext("look after linux.netDevices");
}

Result<> GivenNetDevices::takeBackOne(const oci::GivenDevice& device) const
{
    auto addresses = m_inside->permanentAddresses(device.index);
    if (!addresses)
        return std::move(addresses).error();
    auto moved = m_inside->moveLink({ device.index, m_hostNetwork.fd(), device.hostIndex, device.hostName });
    if (!moved && moved.error().sysErrno == EBUSY) // another one has its number now
        moved = m_inside->moveLink({ device.index, m_hostNetwork.fd(), 0, device.hostName });
    if (!moved)
        return moved;
    auto link = requireLink(*m_host, device.hostName);
    if (!link)
        return std::move(link).error();
    auto done = addAddresses(*m_host, link->index, *addresses);
    return done && device.wasUp ? m_host->bringUp(link->index) : done;
}

Result<> GivenNetDevices::takeBack()
{
    Result<> first;
    for (auto device = m_devices.rbegin(); device != m_devices.rend(); ++device) {
        auto back = takeBackOne(*device);
        if (!back && first)
            first = std::move(back).withContext("bring the network device " + device->hostName + " back");
    }
    m_devices.clear();
    return first;
}

} // namespace twinhull::runtime
