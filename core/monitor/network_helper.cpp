// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/network_helper.h"

#include "core/base/files.h"
#include "core/base/socket_address.h"
#include "core/ipc/slirp_messages.h"
#include "core/monitor/waiting.h"

#include <net/route.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <sstream>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kReadyDeadline = 10s;
constexpr const char* kGateway = "10.0.2.2";
constexpr std::uint16_t kFirstFreePort = 1024;
constexpr const char* kTunDevice = "/dev/net/tun";
constexpr const char* kAnyIpv4 = "0.0.0.0";
constexpr const char* kAnyIpv6 = "::";
constexpr const char* kIpv6Routes = "/proc/self/net/ipv6_route";
constexpr std::size_t kIpv6RoutesLimitBytes = 16U << 20U;

Error portError(const PortForward& port, int number)
{
    const std::string name = (port.transport == PortTransport::Udp ? "UDP port " : "port ")
        + std::to_string(port.hostPort) + " of " + port.hostAddress;
    if (number == EADDRINUSE)
        return Error{ ErrorCode::Busy, name + " is in use", number,
            "Publish another port, or end the program that listens there" };
    if (number == EACCES && port.hostPort < kFirstFreePort)
        return Error{ ErrorCode::PermissionDenied, name + " is reserved for root", number,
            "Publish a port from 1024 up, or lower net.ipv4.ip_unprivileged_port_start" };
    return Error::fromErrno(number, name);
}

Result<> checkPortFree(const PortForward& port)
{
    auto socket = listenAtPort(port);
    return socket ? Result<>() : std::move(socket).error();
}

std::string namespacePath(pid_t pid, const char* name)
{
    return "/proc/" + std::to_string(pid) + "/ns/" + name;
}

std::string linkTarget(const std::string& path)
{
    char buffer[64];
    const ssize_t length = ::readlink(path.c_str(), buffer, sizeof buffer);
    return length > 0 ? std::string(buffer, static_cast<std::size_t>(length)) : std::string();
}

bool hasOwnUserNamespace(pid_t pid)
{
    return linkTarget(namespacePath(pid, "user")) != linkTarget("/proc/self/ns/user");
}

/// Why a helper brought no network up, as far as it can be told from outside. Both helpers open the tun device as the
/// user who started them: root of a user namespace owns nothing of the host's /dev.
Error notUp(const char* helper)
{
    if (::access(kTunDevice, R_OK | W_OK) == 0)
        return Error{ ErrorCode::Unavailable, std::string(helper) + " did not bring the network up", 0, {} };
    const int number = errno;
    return Error{ number == ENOENT ? ErrorCode::Unavailable : ErrorCode::PermissionDenied,
        std::string(helper) + " cannot open " + kTunDevice, number,
        number == ENOENT ? "Load the driver as root: modprobe tun"
                         : "Open the device to users as root: chmod 0666 /dev/net/tun" };
}

void endChild(const Child& child)
{
    (void)::kill(child.pid, SIGKILL); // not waited for yet
    (void)waitForExit(child, 1s); // killed: nothing to learn
}

Result<std::string> askSlirp(const std::string& socketPath, const std::string& request)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socketPath.size() >= sizeof address.sun_path)
        return Error{ ErrorCode::InvalidArgument, socketPath + ": path too long for a socket", ENAMETOOLONG, {} };
    std::copy(socketPath.begin(), socketPath.end(), address.sun_path);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        return Error::fromErrno(errno, "make socket");
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "connect to slirp4netns");
    if (auto sent = writeAll(socket, request); !sent)
        return std::move(sent).error();
    (void)::shutdown(socket.fd(), SHUT_WR); // end of the request; an error shows in the answer
    if (!waitReadable(socket, kReadyDeadline))
        return Error{ ErrorCode::Timeout, "slirp4netns does not answer", 0, {} };
    return readAll(socket, 4096);
}

std::string slirpSocketIn(const std::string& runtimeFolder)
{
    return runtimeFolder + "/slirp.sock";
}

Result<> publish(const std::string& runtimeFolder, const std::vector<PortForward>& ports)
{
    for (const auto& port : ports) {
        if (auto published = publishPort(runtimeFolder, port); !published)
            return std::move(published).error();
    }
    return {};
}

/// slirp4netns 1.2 locks itself up in the user namespace of a process, never in one that it is given by path. Without a
/// user namespace it must not look for one.
Command slirpCommand(const NetworkRequest& request, const std::string& socketPath)
{
    Command command;
    command.arguments = { request.program, "--configure", "--mtu=65520", "--disable-host-loopback", "--enable-sandbox",
        "--enable-seccomp", "--ready-fd=3", "--api-socket=" + socketPath };
    if (wayOut() == WayOut::Both)
        command.arguments.emplace_back("--enable-ipv6");
    if (request.life >= 0)
        command.arguments.emplace_back("--exit-fd=0");
    if (hasOwnUserNamespace(request.containerPid))
        command.arguments.push_back(std::to_string(request.containerPid));
    else
        command.arguments.insert(
            command.arguments.end(), { "--netns-type=path", namespacePath(request.containerPid, "net") });
    command.arguments.push_back("tap0");
    return command;
}

Result<Child> startSlirp(const NetworkRequest& request)
{
    auto ready = makePipe();
    if (!ready)
        return std::move(ready).error();
    const std::string socketPath = slirpSocketIn(request.runtimeFolder);
    auto child = spawn(
        slirpCommand(request, socketPath), ChildStdio{ request.life, request.log, request.log, ready->writeEnd.fd() });
    if (!child)
        return child;
    ready->writeEnd.reset();
    char mark = 0;
    if (!waitReadable(ready->readEnd, kReadyDeadline) || ::read(ready->readEnd.fd(), &mark, 1) != 1) {
        endChild(*child);
        return notUp("slirp4netns");
    }
    if (auto published = publish(request.runtimeFolder, request.ports); !published) {
        endChild(*child);
        return std::move(published).error();
    }
    return child;
}

void addPastaPorts(std::vector<std::string>& words, const std::vector<PortForward>& ports, PortTransport transport)
{
    const char* option = transport == PortTransport::Udp ? "--udp-ports" : "--tcp-ports";
    bool hasAny = false;
    for (const auto& port : ports) {
        if (port.transport != transport)
            continue;
        const std::string pair = std::to_string(port.hostPort) + ":" + std::to_string(port.containerPort);
        const auto isListed = [&](const char* hostAddress) {
            const PortForward other{ hostAddress, port.hostPort, port.containerPort, transport };
            return std::find(ports.begin(), ports.end(), other) != ports.end();
        };
        const bool isAny = port.hostAddress == kAnyIpv4 || port.hostAddress == kAnyIpv6;
        hasAny = true;
        if (!isAny || !isListed(kAnyIpv4) || !isListed(kAnyIpv6))
            words.insert(words.end(), { option, port.hostAddress + "/" + pair });
        else if (port.hostAddress == kAnyIpv4) // it takes no port twice; without an address it is both
            words.insert(words.end(), { option, pair });
    }
    if (!hasAny)
        words.insert(words.end(), { option, "none" });
}

/// pasta of 2023 gives up its right to look into /proc before it opens the namespaces. As root it therefore gets the
/// network namespace as its standard input, and must stay root to enter it.
Result<Command> pastaCommand(const NetworkRequest& request, const std::string& pidFile)
{
    Command command;
    command.arguments = { request.program, "--quiet", "--config-net", "--no-map-gw", "--address", kHelperAddress,
        "--netmask", "24", "--gateway", kGateway, "--dns-forward", kHelperNameServer, "--ns-ifname", "tap0", "--tcp-ns",
        "none", "--udp-ns", "none", "--pid", pidFile, "--no-netns-quit" };
    if (wayOut() == WayOut::Both)
        command.arguments.insert(
            command.arguments.end(), { "--address", kHelperIpv6, "--gateway", kHelperIpv6Gateway });
    else
        command.arguments.emplace_back("--ipv4-only");
    addPastaPorts(command.arguments, request.ports, PortTransport::Tcp);
    addPastaPorts(command.arguments, request.ports, PortTransport::Udp);
    if (hasOwnUserNamespace(request.containerPid))
        command.arguments.insert(command.arguments.end(), { "--userns", namespacePath(request.containerPid, "user") });
    if (::geteuid() == 0)
        command.arguments.insert(command.arguments.end(), { "--runas", "0", "--netns", "/proc/self/fd/0" });
    else
        command.arguments.insert(command.arguments.end(), { "--netns", namespacePath(request.containerPid, "net") });
    return command;
}

Result<Child> childFromPidFile(const std::string& path)
{
    auto text = readFile(path, 64);
    if (!text)
        return std::move(text).error();
    Child child;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), child.pid);
    if (parsed.ec != std::errc() || child.pid <= 1)
        return Error{ ErrorCode::Corrupt, path + ": no process id", 0, {} };
    child.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    if (!child.pidfd)
        return Error::fromErrno(errno, "pasta ended at once");
    return child;
}

/// pasta goes to the background when the network is up; we are the subreaper, so that it becomes our child.
Result<Child> startPasta(const NetworkRequest& request)
{
    if (std::any_of(request.ports.begin(), request.ports.end(), isOnIpv6) && wayOut() != WayOut::Both)
        return Error{ ErrorCode::Unavailable,
            "this computer has no default route of IPv6, without which pasta publishes "
            "no port on an IPv6 address",
            0, "Publish the port on an IPv4 address" };
    const std::string pidFile = request.runtimeFolder + "/pasta.pid";
    auto command = pastaCommand(request, pidFile);
    auto network = openPath(namespacePath(request.containerPid, "net"), O_RDONLY);
    if (!command || !network)
        return command ? std::move(network).error() : std::move(command).error();
    auto starter = spawn(*command, ChildStdio{ network->fd(), request.log, request.log, -1 });
    if (!starter)
        return starter;
    auto status = waitForExit(*starter, kReadyDeadline);
    if (!status)
        return std::move(status).error().withContext("pasta");
    if (*status != 0) {
        auto free = checkPortsFree(request.ports);
        return free ? notUp("pasta") : std::move(free).error();
    }
    return childFromPidFile(pidFile);
}

} // namespace

Result<UniqueFd> listenAtPort(const PortForward& port)
{
    const bool isUdp = port.transport == PortTransport::Udp;
    const auto host = IpAddress::parse(port.hostAddress);
    if (!host)
        return Error{ ErrorCode::InvalidArgument, port.hostAddress + ": not an address", 0, {} };
    const SocketAddress address = socketAddressOf(*host, port.hostPort);
    UniqueFd socket(::socket(address.family(), (isUdp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
    if (!socket)
        return Error::fromErrno(errno, "make socket");
    const int on = 1;
    if (!isUdp) // as the helpers do
        (void)::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.family() == AF_INET6)
        (void)::setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(socket.fd(), address.raw(), address.size) != 0 || (!isUdp && ::listen(socket.fd(), SOMAXCONN) != 0))
        return portError(port, errno);
    return socket;
}

Result<> checkPortsFree(const std::vector<PortForward>& ports)
{
    for (const auto& port : ports) {
        if (auto free = checkPortFree(port); !free)
            return free;
    }
    return {};
}

/// Lines of proc(5) that end with metric, two counters, flags and device, begin with the destination and its length.
WayOut wayOut()
{
    const auto text = readFile(kIpv6Routes, kIpv6RoutesLimitBytes);
    std::istringstream lines(text ? *text : std::string());
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string to, toBits, from, fromBits, next, metric, used, uses, flagText, device;
        words >> to >> toBits >> from >> fromBits >> next >> metric >> used >> uses >> flagText >> device;
        std::uint32_t flags = 0;
        (void)std::from_chars(flagText.data(), flagText.data() + flagText.size(), flags, 16); // 0: not up
        const bool isDefault = toBits == "00" && to.find_first_not_of('0') == std::string::npos;
        if (isDefault && device != "lo" && (flags & (RTF_UP | RTF_REJECT)) == RTF_UP)
            return WayOut::Both;
    }
    return WayOut::Ipv4;
}

Result<int> publishPort(const std::string& runtimeFolder, const PortForward& port)
{
    auto reply = askSlirp(slirpSocketIn(runtimeFolder), encodeAddForward(port, kHelperAddress));
    if (!reply)
        return std::move(reply).error();
    auto added = decodeAddedForward(*reply);
    if (added)
        return added;
    auto free = checkPortFree(port); // its answer does not say why
    return free ? std::move(added) : Result<int>(std::move(free).error());
}

Result<> withdrawPort(const std::string& runtimeFolder, int number)
{
    auto reply = askSlirp(slirpSocketIn(runtimeFolder), encodeRemoveForward(number));
    return reply ? decodeSlirpReply(*reply) : std::move(reply).error();
}

Result<Child> startNetworkHelper(const NetworkRequest& request)
{
    const bool isPasta = request.program.substr(request.program.find_last_of('/') + 1) == "pasta";
    return isPasta ? startPasta(request) : startSlirp(request);
}

/// The pid comes from a file that may be older than a reboot of the pid counter: its name has to fit.
UniqueFd findNetworkHelper(pid_t pid)
{
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const auto name = readFile("/proc/" + std::to_string(pid) + "/comm", 64);
    const bool fits = name && (name->starts_with("slirp4netns") || name->starts_with("pas"));
    return fits ? std::move(pidfd) : UniqueFd();
}

void endNetworkHelper(const UniqueFd& pidfd)
{
    (void)::syscall(SYS_pidfd_send_signal, pidfd.fd(), SIGKILL, nullptr, 0); // ESRCH: it ended by itself
    siginfo_t info{};
    constexpr auto kPidfdType = static_cast<idtype_t>(3); // P_PIDFD
    (void)::waitid(kPidfdType, static_cast<id_t>(pidfd.fd()), &info, WEXITED); // ECHILD when it was adopted
}

} // namespace twinhull
