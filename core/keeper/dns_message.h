// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_subnet.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// The part of the domain name system (RFC 1035) that a network's name server speaks.

constexpr std::uint16_t kDnsTypeA = 1;
constexpr std::uint16_t kDnsTypeAaaa = 28;
constexpr std::size_t kDnsLargestQuery = 1232; // what goes through unbroken (DNS flag day 2020)
constexpr std::size_t kDnsLargestAnswer = 512; // that every asker takes (RFC 1035, 4.2.1)
constexpr std::size_t kDnsLargestReply = 65'535;

struct DnsQuery {
    std::uint16_t id = 0;
    std::string name; ///< in lower case, labels with dots between them, none at the end
    std::uint16_t type = 0;
    std::size_t questionEnd = 0; ///< in the packet
};

enum class DnsCode : std::uint8_t { Fine = 0, BadFormat = 1, Failed = 2, NoSuchName = 3, NotKnown = 4, Refused = 5 };

/// A standard query of one question of class IN. Whatever comes in, nothing behind the packet is read. Pointers are
/// none in a question that is asked alone.
std::optional<DnsQuery> parseDnsQuery(std::string_view packet);

/// The answer to a packet that parseDnsQuery() took. An address of another family than was asked for is left out, so
/// that a name is there without addresses (not: is not there); and those that do not fit, of which the first are told:
/// who asks again over TCP, as a mark would have it, finds nobody.
std::string dnsAnswer(
    std::string_view packet, const DnsQuery& query, const std::vector<IpAddress>& addresses, DnsCode code);

/// Those that an answer to that type tells, beginning with another one for each `turn`: many containers may bear one
/// name.
std::vector<IpAddress> dnsAddresses(std::uint16_t type, std::vector<IpAddress> addresses, std::size_t turn);

std::uint16_t dnsId(std::string_view packet); ///< of at least two bytes
void setDnsId(std::string& packet, std::uint16_t id);

} // namespace twinhull
