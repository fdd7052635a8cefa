// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/option_text.h"

#include "core/base/ip_subnet.h"
#include "core/base/text.h"
#include "core/ipc/listened_ports.h"

namespace twinhull {

namespace {

struct PortRange {
    int first = 0;
    int last = 0;
};

Error badPort(const QString& text, const std::string& problem, const char* hint = "Write it as 127.0.0.1:8080:80.")
{
    return Error{ ErrorCode::InvalidArgument, "port " + text.toStdString() + ": " + problem, 0, hint };
}

Result<PortRange> rangeFrom(const QString& text, const QString& whole)
{
    const auto first = parsePort(text.section(u'-', 0, 0).toStdString());
    const auto last = text.contains(u'-') ? parsePort(text.section(u'-', 1).toStdString()) : first;
    if (!first || !last)
        return badPort(whole, first ? last.error().message : first.error().message);
    if (*last < *first)
        return badPort(whole, "the range runs backwards", "Write it as 8000-8010:8000-8010.");
    return PortRange{ *first, *last };
}

QString rangeText(int first, int count)
{
    const QString text = QString::number(first);
    return count == 1 ? text : text + QLatin1Char('-') + QString::number(first + count - 1);
}

/// Whether `next` follows `port` after `count` of them.
bool continues(const PublishedPort& port, const PublishedPort& next, int count)
{
    return next.hostAddress == port.hostAddress && next.protocol == port.protocol
        && next.hostPort == port.hostPort + count && next.workloadPort == port.workloadPort + count;
}

/// The address in front of the last two parts; kLocalhost where there is none.
Result<QString> addressFrom(const QString& front, const QString& whole)
{
    if (front.isEmpty() || front == QLatin1String(kLocalhost))
        return QString::fromLatin1(kLocalhost);
    const bool isBracketed = front.startsWith(u'[') && front.endsWith(u']');
    const auto address = IpAddress::parse((isBracketed ? front.mid(1, front.size() - 2) : front).toStdString());
    if (isBracketed && (!address || address->family != IpFamily::V6))
        return badPort(whole, "no such IPv6 address: " + front.toStdString(), "Write it as [::1]:8080:80.");
    if (!isBracketed && (!address || address->family != IpFamily::V4))
        return badPort(whole, "no such IPv4 address: " + front.toStdString());
    return QString::fromStdString(address->text());
}

} // namespace

QStringList portParts(const QString& text)
{
    const auto end = text.startsWith(u'[') ? text.indexOf(QLatin1String("]:")) : -1;
    if (end < 0)
        return text.split(u':');
    return QStringList{ text.left(end + 1) } + text.mid(end + 2).split(u':');
}

QString bracketed(const QString& address)
{
    return address.contains(u':') ? u'[' + address + u']' : address;
}

QString hostPortText(const PublishedPort& port)
{
    return bracketed(port.hostAddress) + u':' + QString::number(port.hostPort);
}

QStringList listenTexts(const PublishedPort& port)
{
    QStringList texts;
    for (const auto& address : listenedAddresses(port.hostAddress.toStdString()))
        texts << bracketed(QString::fromStdString(address)) + u':' + QString::number(port.hostPort);
    return texts;
}

bool isAtIpv6Address(const PublishedPort& port)
{
    return port.hostAddress.contains(u':');
}

std::vector<PublishedPort> portsOnIpv4(std::vector<PublishedPort> ports)
{
    for (auto& port : ports) {
        if (port.hostAddress == QLatin1String(kLocalhost))
            port.hostAddress = QString::fromLatin1(kLoopbackIpv4);
    }
    return ports;
}

Result<std::vector<PublishedPort>> portsFromText(const QString& text)
{
    const QString protocol = text.section(u'/', 1);
    if (text.contains(u'/') && protocol != u"tcp" && protocol != u"udp")
        return badPort(text, "neither tcp nor udp", "Write it as 53:53/udp.");
    const QStringList parts = portParts(text.section(u'/', 0, 0));
    if (parts.size() > 3)
        return badPort(text, "too many parts", "Write an IPv6 address in brackets: [::1]:8080:80.");
    const auto inside = rangeFrom(parts.back(), text);
    const auto host = parts.size() == 1 ? inside : rangeFrom(parts[parts.size() - 2], text);
    if (!inside || !host)
        return inside ? host.error() : inside.error();
    const auto address = addressFrom(parts.size() == 3 ? parts.front() : QString(), text);
    if (!address)
        return address.error();
    if (parts.size() == 3 && parts.front().isEmpty())
        return badPort(text, "an address is missing");
    const int count = host->last - host->first + 1;
    if (count != inside->last - inside->first + 1)
        return badPort(text, "the ranges differ in length", "Write it as 8000-8010:8000-8010.");
    if (count > kMostPublishedPorts)
        return badPort(text, "more than " + std::to_string(kMostPublishedPorts) + " ports", "Publish fewer.");
    std::vector<PublishedPort> ports;
    for (int i = 0; i < count; ++i)
        ports.push_back(
            { *address, static_cast<std::uint16_t>(host->first + i), static_cast<std::uint16_t>(inside->first + i),
                protocol == u"udp" ? PortProtocol::Udp : PortProtocol::Tcp });
    return ports;
}

QStringList portTexts(const std::vector<PublishedPort>& ports)
{
    QStringList texts;
    for (std::size_t i = 0; i < ports.size();) {
        int count = 1;
        while (i + static_cast<std::size_t>(count) < ports.size()
            && continues(ports[i], ports[i + static_cast<std::size_t>(count)], count))
            ++count;
        const bool isUsual = ports[i].hostAddress == QLatin1String(kLocalhost);
        const QString text = (isUsual ? QString() : bracketed(ports[i].hostAddress) + QLatin1Char(':'))
            + rangeText(ports[i].hostPort, count) + QLatin1Char(':') + rangeText(ports[i].workloadPort, count);
        texts << (ports[i].protocol == PortProtocol::Udp ? text + QStringLiteral("/udp") : text);
        i += static_cast<std::size_t>(count);
    }
    return texts;
}

} // namespace twinhull
