// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/line_buffer.h"
#include "core/ipc/monitor_messages.h"
#include "core/monitor/event_loop.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace twinhull {

/// monitor.sock: hears requests of the owner and of root, one line each. A client that does not read, floods or sends
/// too long lines is hung up on; the monitor never waits for one.
class ControlSocket {
public:
    struct Handlers {
        std::function<Result<MonitorStatus>(const MonitorRequest& request)> request;
        std::function<std::string()> recentOutput; ///< for who has just been attached
        std::function<void(std::string_view bytes)> typed; ///< by somebody attached
        /// By who passes input: whether more may come now, else when feedOn() says so. Missing where each Feed is
        /// refused.
        std::function<bool(std::string_view bytes)> fed;
        std::function<void()> fedAll; ///< the end of that input
        std::function<std::uint64_t()> forgottenBytes; ///< that came before recentOutput(); missing: none
        std::function<bool()> isLogged; ///< whether a log has all of these, and will; missing: no
    };

    /// Listens in the folder, which must be ours and closed to others. `loop` must outlive this. All handlers but
    /// the first may be missing where every Attach is refused.
    static Result<std::unique_ptr<ControlSocket>> listen(EventLoop& loop, const std::string& folder, Handlers handlers);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

    /// Tells all subscribers.
    void publish(const MonitorStatus& status);
    /// To all attached. The container never waits for a viewer: who reads too slowly misses some of it, is told how
    /// many bytes, and goes on with the latest output.
    void publishOutput(std::string_view bytes);
    void feedOn();
    /// The input's end was met on the other side: nothing more is taken.
    void hangUpFeeder();
    /// For the end, when nobody waits for the monitor any more: gives slow viewers so long to read what is left.
    void drain(std::chrono::milliseconds patience);

private:
    struct Client {
        UniqueFd socket;
        LineBuffer input{ kMonitorRequestLimitBytes };
        std::string output;
        bool isSubscribed = false;
        bool isAttached = false;
        bool isHeldUp = false; ///< of what it passes nothing is taken just now
        std::size_t missedBytes = 0; ///< since its output was full; then there is output left to send
    };

    ControlSocket(EventLoop& loop, UniqueFd listener, Handlers handlers);
    void accept();
    void onClient(int fd, std::uint32_t events);
    void onInput(Client& client);
    void onFed(Client& client, std::uint32_t events);
    Result<MonitorStatus> ask(const MonitorRequest& request) const;
    void answer(Client& client, const std::string& line);
    bool send(Client& client, std::string_view text);
    bool flush(Client& client);
    std::string outputBefore() const;
    std::string_view whereItIs() const;
    bool catchUp(Client& client);
    void hangUp(int fd);
    void hangUpEach(const std::vector<int>& fds);

    EventLoop& m_loop;
    UniqueFd m_listener;
    Handlers m_handlers;
    std::map<int, Client> m_clients;
    int m_feeder = -1; ///< who passes input; one at a time
    bool m_isFeedFull = false; ///< from fed() until feedOn(), whoever passes input meanwhile
};

} // namespace twinhull
