// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/networks/port_forwarding.h"

#include "core/base/files.h"
#include "core/base/socket_address.h"
#include "core/base/text.h"
#include "core/ipc/listened_ports.h"
#include "core/vms/figures/qemu_process.h"
#include "core/vms/networks/port_relaying.h"
#include "core/workload/option_text.h"

#include <QRegularExpression>

#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>

#include <cerrno>

namespace twinhull {

namespace {

Result<QString> monitor(virDomainPtr domain, const QString& command)
{
    char* answer = nullptr;
    if (virDomainQemuMonitorCommand(domain, command.toUtf8().constData(), &answer, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP)
        != 0)
        return libvirtError("ask QEMU's monitor");
    return takeText(answer).trimmed();
}

bool isUdp(const PublishedPort& port)
{
    return port.protocol == PortProtocol::Udp;
}

std::string nameOf(const PublishedPort& port)
{
    return (isUdp(port) ? "UDP port " : "port ") + hostPortText(port).toStdString();
}

Error publishError(const PublishedPort& port, int reason)
{
    auto error = Error::fromErrno(reason, "publish " + nameOf(port));
    if (reason == EADDRINUSE)
        return std::move(error).withHint("Choose another host port, or stop what listens on it");
    if (reason == EADDRNOTAVAIL)
        return std::move(error).withHint("Choose an address of this computer");
    return error;
}

Result<UniqueFd> bindTo(const PublishedPort& port)
{
    const auto host = IpAddress::parse(port.hostAddress.toStdString());
    if (!host)
        return Error{ ErrorCode::InvalidArgument, "not an address: " + port.hostAddress.toStdString(), 0, {} };
    const SocketAddress address = socketAddressOf(*host, port.hostPort);
    UniqueFd socket(::socket(address.family(), (isUdp(port) ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
    if (!socket)
        return publishError(port, errno);
    const int on = 1;
    if (!isUdp(port)) // else connections that ended lately would count; UDP shares a port by it
        (void)::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.family() == AF_INET6)
        (void)::setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    return ::bind(socket.fd(), address.raw(), address.size) == 0 ? Result<UniqueFd>(std::move(socket))
                                                                 : publishError(port, errno);
}

Result<UniqueFd> waitAt(const PublishedPort& port)
{
    auto socket = bindTo(port);
    if (socket && !isUdp(port) && ::listen(socket->fd(), SOMAXCONN) != 0)
        return publishError(port, errno);
    return socket;
}

/// Empty where the folder is not there: then nobody else of ours has the VM either.
UniqueFd lockPublishing(const QString& path)
{
    auto file = openPath(path.toStdString(), O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!file)
        return {};
    while (::flock(file->fd(), LOCK_EX) != 0 && errno == EINTR) { }
    return *std::move(file);
}

/// "  TCP[HOST_FORWARD]  17       127.0.0.1  8080       10.0.2.15    80     0     0"; `hostPort` is an expression.
QRegularExpression forwardRow(const QString& hostAddress, const QString& hostPort, const PublishedPort& port)
{
    return QRegularExpression(QStringLiteral(R"(%1\[HOST_FORWARD\]\s+\d+\s+%2\s+%3\s+\S+\s+%4\s)")
                                  .arg(isUdp(port) ? QStringLiteral("UDP") : QStringLiteral("TCP"),
                                      QRegularExpression::escape(hostAddress), hostPort)
                                  .arg(port.workloadPort));
}

Result<> forwardPort(virDomainPtr domain, const PublishedPort& port)
{
    const auto before = monitor(domain, QStringLiteral("info usernet"));
    if (!before)
        return Error(before.error());
    if (isForwarded(*before, port))
        return {};
    const auto said = monitor(domain, forwardCommand(port)); // says nothing when all is well
    if (!said)
        return Error(said.error());
    const auto after = said->isEmpty() ? before : monitor(domain, QStringLiteral("info usernet"));
    if (!said->isEmpty() && !(after && isForwarded(*after, port))) // another program of ours may have been first
        return Error{ ErrorCode::Busy, "publish " + nameOf(port) + ": " + said->toStdString(), 0,
            "Choose another host port, or stop what listens on it" };
    return {};
}

/// Where QEMU passes on to the port inside: at a port of 127.0.0.1 that it has already, or at any that is free.
Result<std::uint16_t> forwardFromLoopback(virDomainPtr domain, const PublishedPort& port)
{
    const auto before = monitor(domain, QStringLiteral("info usernet"));
    if (!before)
        return Error(before.error());
    if (const auto known = loopbackForward(*before, port))
        return *known;
    PublishedPort any = port;
    any.hostAddress = QString::fromLatin1(kLoopbackIpv4);
    any.hostPort = 0;
    const auto said = monitor(domain, forwardCommand(any));
    const auto after = said ? monitor(domain, QStringLiteral("info usernet")) : said;
    if (!after)
        return Error(after.error());
    const auto made = loopbackForward(*after, port);
    return made ? Result<std::uint16_t>(*made)
                : Error{ ErrorCode::Unavailable, "publish " + nameOf(port) + ": " + said->toStdString(), 0,
                      "Publish it at an IPv4 address" };
}

Result<> relayPorts(virDomainPtr domain, const std::vector<PublishedPort>& ports, const QString& lockPath)
{
    const UniqueFd lock = lockPublishing(lockPath);
    const QString uuid = uuidOf(domain);
    const auto qemu = findQemu(uuid);
    if (!qemu)
        return Error{ ErrorCode::Unavailable, "publish " + nameOf(ports.front()) + ": its QEMU is not to be seen", 0,
            "Publish it at an IPv4 address" };
    if (findPortRelay(uuid, *qemu))
        return {};
    std::vector<RelayedSocket> sockets;
    for (const PublishedPort& port : ports) {
        auto socket = waitAt(port);
        if (!socket)
            return std::move(socket).error();
        const auto target = forwardFromLoopback(domain, port);
        if (!target)
            return target.error();
        sockets.push_back({ *std::move(socket), *target });
    }
    return startPortRelay(uuid, *qemu, sockets).withContext("publish " + nameOf(ports.front()));
}

} // namespace

Result<> checkPortIsFree(const PublishedPort& port)
{
    const auto socket = bindTo(port);
    return socket ? Result<>() : Result<>(socket.error());
}

QString forwardCommand(const PublishedPort& port)
{
    return QStringLiteral("hostfwd_add hostnet0 %1:%2:%3-:%4")
        .arg(isUdp(port) ? QStringLiteral("udp") : QStringLiteral("tcp"), port.hostAddress)
        .arg(port.hostPort)
        .arg(port.workloadPort);
}

bool isForwarded(const QString& usernetText, const PublishedPort& port)
{
    return forwardRow(port.hostAddress, QString::number(port.hostPort), port).match(usernetText).hasMatch();
}

std::optional<std::uint16_t> loopbackForward(const QString& usernetText, const PublishedPort& port)
{
    const auto found
        = forwardRow(QString::fromLatin1(kLoopbackIpv4), QStringLiteral("(\\d+)"), port).match(usernetText);
    const auto number = found.hasMatch() ? parsePort(found.captured(1).toStdString()) : Error{};
    return number ? std::optional(*number) : std::nullopt;
}

Result<> publishPorts(virDomainPtr domain, const std::vector<PublishedPort>& ports, const QString& lockPath)
{
    std::vector<PublishedPort> relayed;
    for (const PublishedPort& port : ports) {
        if (isAtIpv6Address(port))
            relayed.push_back(port);
        else if (auto forwarded = forwardPort(domain, port); !forwarded)
            return forwarded;
    }
    return relayed.empty() ? Result<>() : relayPorts(domain, relayed, lockPath);
}

} // namespace twinhull
