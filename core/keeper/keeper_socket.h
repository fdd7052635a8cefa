// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/keeper_messages.h"
#include "core/ipc/line_buffer.h"
#include "core/monitor/event_loop.h"

#include <functional>
#include <map>
#include <memory>

namespace twinhull {

/// keeper.sock: hears requests of the owner and of root, one line each. A client that does not read or sends no
/// request is hung up on.
class KeeperSocket {
public:
    struct Handlers {
        /// The descriptor is what came with it, if anything.
        std::function<Result<KeeperReply>(const KeeperRequest& request, UniqueFd given)> request;
        std::function<void()> emptied; ///< the last client has hung up
    };

    /// Listens in the folder, which must be ours and closed to others. `loop` must outlive this.
    static Result<std::unique_ptr<KeeperSocket>> listen(EventLoop& loop, const std::string& folder, Handlers handlers);
    /// First its name goes, so that the one of a successor stays.
    ~KeeperSocket();
    KeeperSocket(const KeeperSocket&) = delete;
    KeeperSocket& operator=(const KeeperSocket&) = delete;

    bool hasClients() const { return !m_clients.empty(); }

private:
    struct Client {
        UniqueFd socket;
        LineBuffer input{ kKeeperLineLimitBytes };
        UniqueFd given; ///< for the line that it comes with
    };

    KeeperSocket(EventLoop& loop, UniqueFd folder, UniqueFd listener, Handlers handlers);
    void accept();
    void onClient(int fd);
    void hangUp(int fd);

    EventLoop& m_loop;
    UniqueFd m_folder;
    UniqueFd m_listener;
    Handlers m_handlers;
    std::map<int, Client> m_clients;
};

} // namespace twinhull
