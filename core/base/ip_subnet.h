// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace twinhull {

enum class IpFamily { V4, V6 };

struct IpAddress {
    IpFamily family = IpFamily::V4;
    std::array<unsigned char, 16> bytes{}; ///< in network order; of IPv4 the first four

    /// "10.1.2.3", "fd00::1"; no zone.
    static std::optional<IpAddress> parse(const std::string& text);
    std::string text() const;
    std::size_t size() const { return family == IpFamily::V4 ? 4 : 16; }

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

struct IpSubnet {
    IpAddress first; ///< all bits behind the prefix are 0
    unsigned prefixBits = 0;

    /// "10.1.0.0/24", "fd00::/64". An address in the middle of it names it too.
    static std::optional<IpSubnet> parse(const std::string& text);
    std::string text() const;

    bool contains(const IpAddress& address) const;
    bool overlaps(const IpSubnet& other) const;
    /// Whether it is an address for somebody: not the first, and of IPv4 not the last.
    bool isForHosts(const IpAddress& address) const;
    /// The address that is `number` behind the first; absent where it is not one for somebody.
    std::optional<IpAddress> host(std::uint32_t number) const;

    friend bool operator==(const IpSubnet&, const IpSubnet&) = default;
};

} // namespace twinhull
