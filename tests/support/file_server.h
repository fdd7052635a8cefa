// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace twinhull::test {

/// An HTTP server on loopback for the files below a folder, one request a connection, in a thread of its own. It is
/// unkind where a path begins so: "/moved/X" sends to "/X", "/endless/X/linux" never ends, "/silent/" never answers.
class FileServer {
public:
    explicit FileServer(std::string folder);
    ~FileServer();
    FileServer(const FileServer&) = delete;
    FileServer& operator=(const FileServer&) = delete;

    std::string address() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    /// What was asked so far, as "GET /x".
    std::vector<std::string> asked() const;

private:
    void serve();
    void answer(const UniqueFd& client);
    void sendFile(const UniqueFd& client, const std::string& path, bool isWhole) const;
    void sendEndless(const UniqueFd& client) const;

    std::string m_folder;
    UniqueFd m_listener;
    UniqueFd m_end; ///< an eventfd
    std::uint16_t m_port = 0;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_asked;
    std::vector<UniqueFd> m_silent;
    std::thread m_thread;
};

} // namespace twinhull::test
