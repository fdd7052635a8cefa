// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/networks/network_xml.h"

#include "core/vms/domain/domain_xml.h"

#include <QRegularExpression>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <bit>

namespace twinhull {

namespace {

constexpr int kFirstChoice = 100; ///< of the third byte of 192.168.N.0/24
constexpr int kLastChoice = 254;
constexpr unsigned kMostHostBits = 16; ///< DHCP gives at most these many addresses

Error badNetwork(const QString& what, const char* hint = "")
{
    return Error{ ErrorCode::InvalidArgument, what.toStdString(), 0, hint };
}

/// The host's own address in a network.
struct HostAddress {
    IpSubnet subnet;
    IpAddress address;
};

Result<HostAddress> hostAddressFrom(const QString& text)
{
    const auto subnet = IpSubnet::parse(text.toStdString());
    auto address = IpAddress::parse(text.section(u'/', 0, 0).toStdString());
    if (!subnet || !address || !text.contains(u'/'))
        return badNetwork(
            QStringLiteral("\"%1\" is no address with a prefix").arg(text), "Such as 10.1.0.1/24 or fd00:1::1/64");
    if (*address == subnet->first)
        address = subnet->host(1);
    if (!address || !subnet->isForHosts(*address))
        return badNetwork(QStringLiteral("%1 has no room for machines").arg(text), "Such as 10.1.0.1/24");
    return HostAddress{ *subnet, *address };
}

Result<HostAddress> freeAddress(const std::vector<IpSubnet>& taken)
{
    for (int third = kFirstChoice; third <= kLastChoice; ++third) {
        auto each = hostAddressFrom(QStringLiteral("192.168.%1.1/24").arg(third));
        if (each && std::none_of(taken.begin(), taken.end(), [&each](const IpSubnet& other) {
                return other.overlaps(each->subnet);
            }))
            return each;
    }
    return Error{ ErrorCode::Busy, "no subnet 192.168.N.0/24 is free", 0, "Give one: --address 10.1.0.1/24" };
}

/// "FIRST-LAST" within the subnet; all but the host's own where nothing is given.
Result<std::pair<IpAddress, IpAddress>> rangeOf(const QString& text, const HostAddress& host)
{
    if (text.isEmpty()) {
        const unsigned bits = std::min(32 - host.subnet.prefixBits, kMostHostBits);
        const auto last = host.subnet.host((1U << bits) - 2);
        const auto first = host.subnet.host(host.address == host.subnet.host(1) ? 2 : 1);
        const auto beforeHost = host.address == last ? host.subnet.host((1U << bits) - 3) : last;
        if (!first || !beforeHost || *beforeHost < *first)
            return badNetwork(QStringLiteral("the subnet has no room for machines"), "Such as 10.1.0.1/24");
        return std::pair{ *first, *beforeHost };
    }
    const auto first = IpAddress::parse(text.section(u'-', 0, 0).trimmed().toStdString());
    const auto last = IpAddress::parse(text.section(u'-', 1).trimmed().toStdString());
    if (!first || !last || *last < *first || !host.subnet.isForHosts(*first) || !host.subnet.isForHosts(*last))
        return badNetwork(
            QStringLiteral("\"%1\" is no range of %2").arg(text, QString::fromStdString(host.subnet.text())),
            "Such as 10.1.0.50-10.1.0.99");
    return std::pair{ *first, *last };
}

Result<> checkMode(const MachineNetworkWish& wish)
{
    static const QStringList known{ QStringLiteral("nat"), QStringLiteral("route"), QStringLiteral("open"),
        QStringLiteral("isolated"), QStringLiteral("bridge") };
    if (wish.name.isEmpty())
        return badNetwork(QStringLiteral("a network needs a name"));
    if (!known.contains(wish.mode))
        return badNetwork(QStringLiteral("there is no network of kind \"%1\"").arg(wish.mode),
            "Choose nat, route, open, isolated or bridge");
    const bool isBridge = wish.mode == u"bridge";
    if (isBridge && wish.bridge.isEmpty())
        return badNetwork(QStringLiteral("the host's bridge is missing"), "Give it: --bridge br0");
    if (isBridge && (!wish.addresses.isEmpty() || !wish.range.isEmpty() || !wish.domain.isEmpty()))
        return badNetwork(QStringLiteral("on a bridge of the host others give addresses and names"),
            "Leave addresses, range and domain out");
    if (!wish.device.isEmpty() && wish.mode != u"nat" && wish.mode != u"route")
        return badNetwork(QStringLiteral("only nat and route go out by a device"), "Leave the device out");
    return {};
}

Result<std::vector<HostAddress>> addressesOf(const MachineNetworkWish& wish, const std::vector<IpSubnet>& taken)
{
    std::vector<HostAddress> all;
    for (const QString& text : wish.addresses) {
        const auto each = hostAddressFrom(text);
        if (!each)
            return each.error();
        for (const auto& other : all) {
            if (other.subnet.first.family == each->subnet.first.family)
                return badNetwork(QStringLiteral("at most one address of IPv4 and one of IPv6"));
        }
        for (const auto& other : taken) {
            if (other.overlaps(each->subnet))
                return Error{ ErrorCode::Busy, text.toStdString() + " overlaps " + other.text() + ", which is in use",
                    0, "Choose another subnet" };
        }
        all.push_back(*each);
    }
    if (all.empty()) {
        const auto chosen = freeAddress(taken);
        if (!chosen)
            return chosen.error();
        all.push_back(*chosen);
    }
    return all;
}

Result<> writeAddress(xmlNodePtr root, const HostAddress& host, const MachineNetworkWish& wish)
{
    const bool isIpv4 = host.address.family == IpFamily::V4;
    const QString address = QString::fromStdString(host.address.text());
    xmlNodePtr ip = addChild(root, "ip");
    const auto put = [ip](const char* path, const QString& value) { setTextAt(ip, QLatin1String(path), value); };
    if (!isIpv4)
        put("@family", QStringLiteral("ipv6"));
    put("@address", address);
    put("@prefix", QString::number(host.subnet.prefixBits));
    if (!isIpv4 || !wish.hasDhcp) // IPv6 is told by router advertisements
        return {};
    const auto range = rangeOf(wish.range, host);
    if (!range)
        return range.error();
    put("dhcp/range@start", QString::fromStdString(range->first.text()));
    put("dhcp/range@end", QString::fromStdString(range->second.text()));
    return {};
}

/// libvirt takes either of the two forms of IPv4.
unsigned prefixFrom(xmlNodePtr ip)
{
    if (isThere(ip, QStringLiteral("@prefix")))
        return textAt(ip, QStringLiteral("@prefix")).toUInt();
    const auto mask = IpAddress::parse(textAt(ip, QStringLiteral("@netmask")).toStdString());
    unsigned bits = 0;
    for (std::size_t i = 0; mask && i < mask->size(); ++i)
        bits += static_cast<unsigned>(std::popcount(mask->bytes[i]));
    return bits;
}

void readAddress(xmlNodePtr ip, MachineNetwork& network)
{
    network.addresses << QStringLiteral("%1/%2").arg(textAt(ip, QStringLiteral("@address"))).arg(prefixFrom(ip));
    for (xmlNodePtr dhcp : childElements(ip)) {
        for (xmlNodePtr each : childElements(dhcp)) {
            if (isElement(each, "range"))
                network.ranges << textAt(each, QStringLiteral("@start")) + u'-' + textAt(each, QStringLiteral("@end"));
            if (isElement(each, "host"))
                network.reservations.push_back({ textAt(each, QStringLiteral("@mac")),
                    textAt(each, QStringLiteral("@ip")), textAt(each, QStringLiteral("@name")) });
        }
    }
}

std::optional<IpAddress> addressOf(const sockaddr* from)
{
    char text[INET6_ADDRSTRLEN] = {};
    const void* bytes = nullptr;
    if (from != nullptr && from->sa_family == AF_INET)
        bytes = &reinterpret_cast<const sockaddr_in*>(from)->sin_addr;
    else if (from != nullptr && from->sa_family == AF_INET6)
        bytes = &reinterpret_cast<const sockaddr_in6*>(from)->sin6_addr;
    if (bytes == nullptr || ::inet_ntop(from->sa_family, bytes, text, sizeof text) == nullptr)
        return std::nullopt;
    return IpAddress::parse(text);
}

} // namespace

Result<QByteArray> networkXmlOf(const MachineNetworkWish& wish, const std::vector<IpSubnet>& taken)
{
    if (auto checked = checkMode(wish); !checked)
        return std::move(checked).error();
    auto xml = DomainXml::parse("<network/>", "network");
    if (!xml)
        return std::move(xml).error();
    xmlNodePtr root = xml->root();
    const auto put = [root](const char* path, const QString& value) { setTextAt(root, QLatin1String(path), value); };
    put("name", wish.name);
    put("forward@mode", wish.mode == u"isolated" ? QString() : wish.mode);
    put("forward@dev", wish.device);
    put("bridge@name", wish.bridge);
    put("domain@name", wish.domain);
    if (wish.mode == u"bridge")
        return xml->toText();
    const auto addresses = addressesOf(wish, taken);
    if (!addresses)
        return addresses.error();
    for (const auto& each : *addresses) {
        if (auto written = writeAddress(root, each, wish); !written)
            return std::move(written).error();
    }
    return xml->toText();
}

Result<MachineNetwork> parseNetwork(const QByteArray& xml)
{
    const auto parsed = DomainXml::parse(xml, "network");
    if (!parsed)
        return parsed.error();
    xmlNodePtr root = parsed->root();
    const auto at = [root](const char* path) { return textAt(root, QLatin1String(path)); };
    MachineNetwork network;
    network.name = at("name");
    network.uuid = at("uuid");
    network.bridge = at("bridge@name");
    network.device = at("forward@dev");
    network.domain = at("domain@name");
    const QString mode = at("forward@mode");
    const bool leadsOut = isThere(root, QStringLiteral("forward"));
    network.mode = !leadsOut ? QStringLiteral("isolated") : mode.isEmpty() ? QStringLiteral("nat") : mode;
    for (xmlNodePtr child : childElements(root)) {
        if (isElement(child, "ip"))
            readAddress(child, network);
    }
    return network;
}

Result<QByteArray> reservationXml(const NetworkReservation& reservation)
{
    static const QRegularExpression mac(QStringLiteral("^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$"));
    if (!mac.match(reservation.mac).hasMatch())
        return badNetwork(QStringLiteral("\"%1\" is no address of a network card").arg(reservation.mac),
            "Such as 52:54:00:12:34:56; `twinhullctl vm hardware NAME` shows it");
    if (!IpAddress::parse(reservation.address.toStdString()))
        return badNetwork(QStringLiteral("\"%1\" is no address").arg(reservation.address), "Such as 10.1.0.7");
    auto xml = DomainXml::parse("<host/>", "host");
    if (!xml)
        return std::move(xml).error();
    setTextAt(xml->root(), QStringLiteral("@mac"), reservation.mac);
    setTextAt(xml->root(), QStringLiteral("@name"), reservation.hostName);
    setTextAt(xml->root(), QStringLiteral("@ip"), reservation.address);
    return elementText(xml->root());
}

std::vector<IpSubnet> hostSubnets()
{
    std::vector<IpSubnet> subnets;
    struct ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return subnets;
    const std::unique_ptr<struct ifaddrs, decltype(&::freeifaddrs)> guard(list, &::freeifaddrs);
    for (const auto* each = list; each != nullptr; each = each->ifa_next) {
        const auto address = addressOf(each->ifa_addr);
        const auto mask = addressOf(each->ifa_netmask);
        if (!address || !mask)
            continue;
        unsigned bits = 0;
        for (std::size_t i = 0; i < mask->size(); ++i)
            bits += static_cast<unsigned>(std::popcount(mask->bytes[i]));
        if (const auto subnet = IpSubnet::parse(address->text() + "/" + std::to_string(bits)))
            subnets.push_back(*subnet);
    }
    return subnets;
}

} // namespace twinhull
