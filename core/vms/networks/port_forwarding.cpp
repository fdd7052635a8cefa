// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/networks/port_forwarding.h"

#include "core/base/unique_fd.h"
#include "core/workload/option_text.h"

#include <QRegularExpression>

#include <arpa/inet.h>
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

} // namespace

Result<> checkPortIsFree(const PublishedPort& port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port.hostPort);
    if (::inet_pton(AF_INET, port.hostAddress.toLatin1().constData(), &address.sin_addr) != 1)
        return Error{ ErrorCode::InvalidArgument, "not an IPv4 address: " + port.hostAddress.toStdString(), 0, {} };
    const UniqueFd probe(::socket(AF_INET, (isUdp(port) ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
    const int reuse = isUdp(port) ? 0 : 1; // else connections that ended lately would count; UDP shares a port by it
    (void)::setsockopt(probe.fd(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    if (::bind(probe.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return {};
    auto error = Error::fromErrno(errno, "publish " + nameOf(port));
    if (errno == EADDRINUSE)
        return std::move(error).withHint("Choose another host port, or stop what listens on it");
    return error;
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
    // "  TCP[HOST_FORWARD]  17       127.0.0.1  8080       10.0.2.15    80     0     0"
    const QRegularExpression row(QStringLiteral(R"(%1\[HOST_FORWARD\]\s+\d+\s+%2\s+%3\s+\S+\s+%4\s)")
                                     .arg(isUdp(port) ? QStringLiteral("UDP") : QStringLiteral("TCP"),
                                         QRegularExpression::escape(port.hostAddress))
                                     .arg(port.hostPort)
                                     .arg(port.workloadPort));
    return row.match(usernetText).hasMatch();
}

Result<> publishPorts(virDomainPtr domain, const std::vector<PublishedPort>& ports)
{
    for (const PublishedPort& port : ports) {
        const auto before = monitor(domain, QStringLiteral("info usernet"));
        if (!before)
            return Error(before.error());
        if (isForwarded(*before, port))
            continue;
        const auto said = monitor(domain, forwardCommand(port)); // says nothing when all is well
        if (!said)
            return Error(said.error());
        const auto after = said->isEmpty() ? before : monitor(domain, QStringLiteral("info usernet"));
        if (!said->isEmpty() && !(after && isForwarded(*after, port))) // another program of ours may have been first
            return Error{ ErrorCode::Busy, "publish " + nameOf(port) + ": " + said->toStdString(), 0,
                "Choose another host port, or stop what listens on it" };
    }
    return {};
}

} // namespace twinhull
