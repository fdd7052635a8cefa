// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ip_subnet.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace twinhull {

namespace {

int familyNumber(IpFamily family)
{
    return family == IpFamily::V4 ? AF_INET : AF_INET6;
}

/// The bits behind the prefix become all 0 or all 1.
IpAddress filled(IpAddress address, unsigned prefixBits, bool isOne)
{
    for (std::size_t i = 0; i < address.size(); ++i) {
        const auto start = static_cast<unsigned>(i) * 8;
        const unsigned kept = prefixBits > start ? std::min(prefixBits - start, 8U) : 0;
        const auto rest = static_cast<unsigned char>(0xffU >> kept);
        address.bytes[i] = static_cast<unsigned char>(
            isOne ? address.bytes[i] | rest : address.bytes[i] & static_cast<unsigned char>(~rest));
    }
    return address;
}

} // namespace

std::optional<IpAddress> IpAddress::parse(const std::string& text)
{
    IpAddress address;
    address.family = text.find(':') == std::string::npos ? IpFamily::V4 : IpFamily::V6;
    if (::inet_pton(familyNumber(address.family), text.c_str(), address.bytes.data()) != 1)
        return std::nullopt;
    return address;
}

std::string IpAddress::text() const
{
    char buffer[INET6_ADDRSTRLEN] = {};
    (void)::inet_ntop(familyNumber(family), bytes.data(), buffer, sizeof buffer); // the buffer is large enough
    return buffer;
}

std::optional<IpSubnet> IpSubnet::parse(const std::string& text)
{
    const auto slash = text.find('/');
    const auto address = slash == std::string::npos ? std::nullopt : IpAddress::parse(text.substr(0, slash));
    unsigned bits = 0;
    const char* end = text.data() + text.size();
    if (!address || std::from_chars(text.data() + slash + 1, end, bits).ptr != end || slash + 1 == text.size()
        || bits > address->size() * 8)
        return std::nullopt;
    return IpSubnet{ filled(*address, bits, false), bits };
}

std::string IpSubnet::text() const
{
    return first.text() + "/" + std::to_string(prefixBits);
}

bool IpSubnet::contains(const IpAddress& address) const
{
    return address.family == first.family && filled(address, prefixBits, false) == first;
}

bool IpSubnet::overlaps(const IpSubnet& other) const
{
    return contains(other.first) || other.contains(first);
}

bool IpSubnet::isForHosts(const IpAddress& address) const
{
    const bool isLast = first.family == IpFamily::V4 && address == filled(first, prefixBits, true);
    return contains(address) && address != first && !isLast;
}

std::optional<IpAddress> IpSubnet::host(std::uint32_t number) const
{
    IpAddress address = first;
    std::uint64_t carry = number;
    for (std::size_t i = address.size(); i > 0 && carry > 0; --i) {
        carry += address.bytes[i - 1];
        address.bytes[i - 1] = static_cast<unsigned char>(carry & 0xffU);
        carry >>= 8U;
    }
    return carry == 0 && isForHosts(address) ? std::optional(address) : std::nullopt;
}

} // namespace twinhull
