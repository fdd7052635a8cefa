// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_subnet.h"
#include "core/base/result.h"

#include <set>
#include <string>

namespace twinhull {

/// The addresses of one subnet and who has them.
class AddressBook {
public:
    /// The gateway is taken from the beginning.
    AddressBook(const IpSubnet& subnet, const IpAddress& gateway);

    const IpSubnet& subnet() const { return m_subnet; }
    const IpAddress& gateway() const { return m_gateway; }

    /// The wished one, or the next free one where the wish is empty: the ones that were given back last come last, so
    /// that nobody is taken for who was there before. Busy where it is taken or none is free, InvalidArgument where it
    /// is none of the subnet.
    Result<IpAddress> take(const std::string& wish);
    void giveBack(const IpAddress& address);

private:
    IpSubnet m_subnet;
    IpAddress m_gateway;
    std::set<IpAddress> m_taken;
    std::uint32_t m_next = 1;
};

} // namespace twinhull
