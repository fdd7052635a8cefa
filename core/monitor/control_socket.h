// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/line_buffer.h"
#include "core/ipc/monitor_messages.h"
#include "core/monitor/event_loop.h"

#include <functional>
#include <map>

namespace twinhull {

/// monitor.sock: hears requests of the owner and of root, one line each. A client that does not read, floods or sends
/// too long lines is hung up on; the monitor never waits for one.
class ControlSocket {
public:
    using Handler = std::function<Result<MonitorStatus>(const MonitorRequest& request)>;

    /// Listens in the folder, which must be ours and closed to others. `loop` must outlive this.
    static Result<std::unique_ptr<ControlSocket>> listen(EventLoop& loop, const std::string& folder, Handler handler);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

    /// Tells all subscribers.
    void publish(const MonitorStatus& status);

private:
    struct Client {
        UniqueFd socket;
        LineBuffer input{ kMonitorRequestLimitBytes };
        std::string output;
        bool isSubscribed = false;
    };

    ControlSocket(EventLoop& loop, UniqueFd listener, Handler handler);
    void accept();
    void onClient(int fd, std::uint32_t events);
    void onInput(Client& client);
    void answer(Client& client, const std::string& line);
    bool send(Client& client, std::string_view text);
    bool flush(Client& client);
    void hangUp(int fd);

    EventLoop& m_loop;
    UniqueFd m_listener;
    Handler m_handler;
    std::map<int, Client> m_clients;
};

} // namespace twinhull
