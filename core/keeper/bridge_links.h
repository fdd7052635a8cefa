// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_subnet.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/runtime/namespaces/route_socket.h"

#include <string>
#include <vector>

namespace twinhull {

/// An address with the length of its subnet's prefix.
struct LinkAddress {
    IpAddress address;
    unsigned prefixBits = 0;
};

/// The devices of one network namespace, as a keeper makes them (rtnetlink(7)). Errors say what was tried.
class BridgeLinks {
public:
    /// Of the namespace that this process is in.
    static Result<BridgeLinks> open();
    /// Of another; this process is where it was afterwards. It needs the right to enter it (setns(2)).
    static Result<BridgeLinks> openIn(const UniqueFd& networkNamespace);

    /// A bridge that is up. Its hardware address is fixed, or it would change with the containers.
    Result<int> addBridge(const std::string& name, const IpAddress& gateway) const;
    /// Both ends of a cable: one of that name in the bridge and up, the other in another namespace.
    Result<> addCable(
        const std::string& name, int bridge, const std::string& otherName, const UniqueFd& otherNamespace) const;
    /// Its other end goes with it. One that is not there is no error.
    Result<> remove(const std::string& name) const;

    Result<int> indexOf(const std::string& name) const;
    Result<> bringUp(int index) const;
    /// Usable at once: nobody else gives addresses here, so none is looked for twice (RFC 4862, 5.1).
    Result<> addAddress(int index, const LinkAddress& address) const;
    Result<> addDefaultRoute(int index, const IpAddress& gateway) const;

private:
    explicit BridgeLinks(runtime::RouteSocket socket) : m_socket(std::move(socket)) { }

    runtime::RouteSocket m_socket;
};

} // namespace twinhull
