// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/machine_guest.h"

#include <QStringList>

#include <cstdint>
#include <optional>

namespace twinhull {

/// Where the ssh server inside a machine is reached from this computer.
struct SshPlace {
    QString address; ///< IPv4 or IPv6, as inet_ntop(3) writes it, or a host's name
    std::uint16_t port = 22;
    QString jump; ///< [USER@]HOST[:PORT] of the computer that the machine is on, for ssh -J; empty: directly

    friend bool operator==(const SshPlace&, const SshPlace&) = default;
};

/// What a person adds to that.
struct SshWish {
    QString user; ///< empty: as ssh's own configuration says
    std::optional<std::uint16_t> port; ///< of the server inside
    QStringList command; ///< empty: a shell
};

/// An address of one of its cards, else the port of its computer that leads to its port 22, else what its agent calls
/// an address. Through ssh to its computer where it is on another and only that reaches it. NotFound: "needs an
/// address: …", with what helps. `uri` is its connection's.
Result<SshPlace> sshPlaceOf(const WorkloadInfo& machine, const GuestFacts& facts, const QString& uri);

/// The words of ssh(1), which knows the keys of hosts and asks about them. No word of a guest or person becomes an
/// option of it. InvalidArgument for what is no user, and for a port beside one that is published.
Result<QStringList> sshCommand(const SshPlace& place, const SshWish& wish);

Result<> checkSshUser(const QString& user);

/// "needs ssh: …" where it is not installed.
Result<> checkSshInstalled();

} // namespace twinhull
