// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/dns_message.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kHeaderBytes = 12; // RFC 1035, 4.1.1
constexpr std::size_t kMostLabelBytes = 63;
constexpr std::size_t kMostNameBytes = 253;
constexpr std::uint16_t kClassIn = 1;
constexpr unsigned kIsReply = 0x8000U;
constexpr unsigned kOperation = 0x7800U;
constexpr unsigned kIsWanted = 0x0100U; // recursion
constexpr unsigned kIsOffered = 0x0080U;
constexpr unsigned kIsAuthority = 0x0400U;
constexpr std::uint32_t kKeepSeconds = 0; // a container may start anew with another address at any time
constexpr unsigned kPointerToQuestion = 0xc00cU;
constexpr std::size_t kAnswerBytes = 12; // beside the address

unsigned byteAt(std::string_view packet, std::size_t at)
{
    return static_cast<unsigned char>(packet[at]);
}

unsigned numberAt(std::string_view packet, std::size_t at)
{
    return byteAt(packet, at) << 8U | byteAt(packet, at + 1);
}

void appendNumber(std::string& packet, unsigned number)
{
    packet.push_back(static_cast<char>(number >> 8U & 0xffU));
    packet.push_back(static_cast<char>(number & 0xffU));
}

/// The place behind the name; nothing where it is none.
std::optional<std::size_t> readName(std::string_view packet, std::size_t at, std::string& name)
{
    while (at < packet.size()) {
        const std::size_t length = byteAt(packet, at++);
        if (length == 0)
            return at;
        if (!name.empty())
            name.push_back('.');
        if (length > kMostLabelBytes || length > packet.size() - at || name.size() + length > kMostNameBytes)
            return std::nullopt;
        for (const char c : packet.substr(at, length)) {
            if (c == '.' || c == '\0') // a label that would read as two
                return std::nullopt;
            name.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        }
        at += length;
    }
    return std::nullopt;
}

std::uint16_t typeOf(const IpAddress& address)
{
    return address.family == IpFamily::V4 ? kDnsTypeA : kDnsTypeAaaa;
}

} // namespace

std::optional<DnsQuery> parseDnsQuery(std::string_view packet)
{
    if (packet.size() < kHeaderBytes || packet.size() > kDnsLargestQuery)
        return std::nullopt;
    const unsigned flags = numberAt(packet, 2);
    if ((flags & (kIsReply | kOperation)) != 0 || numberAt(packet, 4) != 1)
        return std::nullopt;
    DnsQuery query;
    query.id = dnsId(packet);
    const auto end = readName(packet, kHeaderBytes, query.name);
    if (!end || packet.size() - *end < 4 || numberAt(packet, *end + 2) != kClassIn)
        return std::nullopt;
    query.type = static_cast<std::uint16_t>(numberAt(packet, *end));
    query.questionEnd = *end + 4;
    return query;
}

std::string dnsAnswer(
    std::string_view packet, const DnsQuery& query, const std::vector<IpAddress>& addresses, DnsCode code)
{
    std::vector<IpAddress> told;
    for (const auto& address : addresses) {
        const std::size_t size = query.questionEnd + (told.size() + 1) * (kAnswerBytes + address.size());
        if (typeOf(address) == query.type && size <= kDnsLargestAnswer)
            told.push_back(address);
    }
    std::string reply;
    appendNumber(reply, query.id);
    appendNumber(reply,
        kIsReply | kIsOffered | (numberAt(packet, 2) & kIsWanted) | (code == DnsCode::Fine ? kIsAuthority : 0U)
            | static_cast<unsigned>(code));
    appendNumber(reply, 1);
    appendNumber(reply, static_cast<unsigned>(told.size()));
    appendNumber(reply, 0);
    appendNumber(reply, 0);
    reply.append(packet.substr(kHeaderBytes, query.questionEnd - kHeaderBytes));
    for (const auto& address : told) {
        appendNumber(reply, kPointerToQuestion);
        appendNumber(reply, query.type);
        appendNumber(reply, kClassIn);
        appendNumber(reply, kKeepSeconds >> 16U);
        appendNumber(reply, kKeepSeconds & 0xffffU);
        appendNumber(reply, static_cast<unsigned>(address.size()));
        reply.append(reinterpret_cast<const char*>(address.bytes.data()), address.size());
    }
    return reply;
}

std::vector<IpAddress> dnsAddresses(std::uint16_t type, std::vector<IpAddress> addresses, std::size_t turn)
{
    addresses.erase(std::remove_if(addresses.begin(), addresses.end(),
                        [type](const IpAddress& address) { return typeOf(address) != type; }),
        addresses.end());
    if (!addresses.empty())
        std::rotate(addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(turn % addresses.size()),
            addresses.end());
    return addresses;
}

std::uint16_t dnsId(std::string_view packet)
{
    return static_cast<std::uint16_t>(numberAt(packet, 0));
}

void setDnsId(std::string& packet, std::uint16_t id)
{
    packet[0] = static_cast<char>(id >> 8U);
    packet[1] = static_cast<char>(id & 0xffU);
}

} // namespace twinhull
