// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_subnet.h"
#include "core/keeper/dns_forwarder.h"

#include <functional>
#include <optional>

namespace twinhull {

/// The name server on the gateway of a network (UDP). Containers may send anything: what is no query is dropped.
class DnsServer {
public:
    struct Handlers {
        /// Addresses of that name for who asks from there; empty ones where the name is known and has none.
        std::function<std::optional<std::vector<IpAddress>>(const IpAddress& asker, const std::string& name)> find;
        DnsForwarder* forwarder = nullptr; ///< for other names; null: there are none
    };

    /// `loop` and the forwarder must outlive this.
    static Result<std::unique_ptr<DnsServer>> listen(EventLoop& loop, const IpAddress& address, Handlers handlers);
    ~DnsServer();
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;

private:
    DnsServer(EventLoop& loop, UniqueFd socket, Handlers handlers);
    void onQueries();
    void answer(std::string_view packet, const DnsAsker& asker);

    EventLoop& m_loop;
    UniqueFd m_socket;
    Handlers m_handlers;
};

} // namespace twinhull
