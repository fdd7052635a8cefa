// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/named_definitions.h"

#include <QDateTime>
#include <QStringList>

#include <memory>
#include <vector>

namespace twinhull {

/// An address that a network's DHCP gave away.
struct NetworkLease {
    QString mac;
    QString address; ///< with its prefix: "192.168.122.7/24"
    QString hostName; ///< as the machine calls itself; may be empty
    QDateTime expires;
};

/// An address that is kept for one network card.
struct NetworkReservation {
    QString mac;
    QString address;
    QString hostName; ///< may be empty

    friend bool operator==(const NetworkReservation&, const NetworkReservation&) = default;
};

/// A virtual network of a hypervisor.
struct MachineNetwork {
    QString name;
    QString uuid;
    QString mode; ///< "nat", "route", "open", "isolated", "bridge", or another of libvirt's words
    QString bridge; ///< of the host; may be empty
    QString device; ///< the way out, where it is bound to one
    QString domain; ///< of the names that its DNS answers; may be empty
    QStringList addresses; ///< of the host in it, with the prefix: "192.168.122.1/24"
    QStringList ranges; ///< that its DHCP gives away: "192.168.122.2-192.168.122.254"
    bool isRunning = false;
    bool isPersistent = true;
    bool isAutostarted = false;
    std::vector<NetworkReservation> reservations = {};
    std::vector<NetworkLease> leases = {};
    QStringList users = {}; ///< machines that are defined with it, running or not
    QStringList runningUsers = {};
};

struct MachineNetworkWish {
    QString name;
    QString mode = QStringLiteral("nat"); ///< nat, route, open, isolated, bridge
    QString bridge; ///< of "bridge": the host's one, required; else the name of the new one, or empty
    QString device; ///< nat and route: out by this device only; may be empty
    QString domain;
    QStringList addresses; ///< at most one of IPv4 and one of IPv6, as "10.1.0.1/24"; none: a free one of IPv4
    QString range; ///< "10.1.0.50-10.1.0.99"; empty: all of the subnet
    bool hasDhcp = true;
    bool isAutostarted = true;
};

enum class NetworkChange { Start, Stop, Remove, Autostart, NoAutostart };

/// The virtual networks of a hypervisor and their definitions. Jobs are handed out unstarted; `into` is written before
/// they end.
class MachineNetworks : public NamedDefinitions {
public:
    /// Those of these names, all where there are none, by name. NotFound names one that is not there.
    virtual std::unique_ptr<Job> readNetworks(
        const QStringList& names, std::shared_ptr<std::vector<MachineNetwork>> into)
        = 0;
    /// The bridges of that host which belong to no network of these; none where its libvirt cannot list them.
    virtual std::unique_ptr<Job> readBridges(std::shared_ptr<QStringList> into) = 0;
    /// Defined and started, or nothing is left of it.
    virtual std::unique_ptr<Job> createNetwork(const MachineNetworkWish& wish) = 0;
    /// Remove and Stop: Busy while a running machine is in it, which is named; Remove also while one is defined with
    /// it.
    virtual std::unique_ptr<Job> changeNetwork(const QString& name, NetworkChange change) = 0;
    /// Kept from now on, while it runs, too.
    virtual std::unique_ptr<Job> reserve(const QString& name, const NetworkReservation& reservation) = 0;
    virtual std::unique_ptr<Job> release(const QString& name, const QString& mac) = 0;
};

/// A provider whose machines can be in virtual networks; found by dynamic_cast.
class HasMachineNetworks {
public:
    virtual ~HasMachineNetworks() = default;

    virtual MachineNetworks& networks() = 0;
};

} // namespace twinhull
