// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/address_book.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::uint32_t kMostTried = 1U << 16U; // of a large subnet only the first of these are given

} // namespace

AddressBook::AddressBook(const IpSubnet& subnet, const IpAddress& gateway)
    : m_subnet(subnet), m_gateway(gateway), m_taken{ gateway }
{
}

Result<IpAddress> AddressBook::take(const std::string& wish)
{
    if (!wish.empty()) {
        const auto address = IpAddress::parse(wish);
        if (!address || !m_subnet.isForHosts(*address))
            return Error{ ErrorCode::InvalidArgument, "address " + wish + ": none of " + m_subnet.text(), 0, {} };
        if (!m_taken.insert(*address).second)
            return Error{ ErrorCode::Busy, "address " + wish + " is in use", 0, "Choose another, or leave it out." };
        return *address;
    }
    const unsigned hostBits = static_cast<unsigned>(m_subnet.first.size()) * 8 - m_subnet.prefixBits;
    const std::uint32_t most = hostBits >= 16 ? kMostTried : 1U << hostBits;
    for (std::uint32_t tried = 0; tried < most; ++tried) {
        const auto address = m_subnet.host(m_next);
        m_next = m_next + 1 < most ? m_next + 1 : 1;
        if (address && m_taken.insert(*address).second)
            return *address;
    }
    return Error{ ErrorCode::Busy, "no address of " + m_subnet.text() + " is free", 0,
        "Stop a container of that network, or make a network with a larger --subnet." };
}

void AddressBook::giveBack(const IpAddress& address)
{
    if (address != m_gateway)
        m_taken.erase(address);
}

} // namespace twinhull
