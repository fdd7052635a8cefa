// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_subnet.h"
#include "core/base/result.h"
#include "core/workload/machine_networks.h"

#include <QByteArray>

namespace twinhull {

// A virtual network's definition. Source: https://libvirt.org/formatnetwork.html.

/// Where one is not given, a subnet of IPv4 is chosen that overlaps none of `taken`. InvalidArgument names what makes
/// no sense, Busy a subnet that overlaps.
Result<QByteArray> networkXmlOf(const MachineNetworkWish& wish, const std::vector<IpSubnet>& taken);

/// What the definition says. Corrupt where it is no network.
Result<MachineNetwork> parseNetwork(const QByteArray& xml);

/// `<host mac='…' name='…' ip='…'/>` of virNetworkUpdate(). InvalidArgument where it is no MAC or no address.
Result<QByteArray> reservationXml(const NetworkReservation& reservation);

/// The subnets that this computer's network cards have now.
std::vector<IpSubnet> hostSubnets();

} // namespace twinhull
