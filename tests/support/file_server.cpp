// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/file_server.h"

#include "core/base/files.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace twinhull::test {

namespace {

constexpr std::size_t kMostFileBytes = 256U << 20U;

bool sendText(const UniqueFd& client, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t sent = ::send(client.fd(), text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

} // namespace

FileServer::FileServer(std::string folder)
    : m_folder(std::move(folder))
    , m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    , m_end(::eventfd(0, EFD_CLOEXEC))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(m_listener.fd(), reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(m_listener.fd(), 16) == 0
        && ::getsockname(m_listener.fd(), reinterpret_cast<sockaddr*>(&address), &size) == 0)
        m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { serve(); });
}

FileServer::~FileServer()
{
    (void)::eventfd_write(m_end.fd(), 1);
    m_thread.join();
}

std::vector<std::string> FileServer::asked() const
{
    const std::lock_guard lock(m_mutex);
    return m_asked;
}

void FileServer::serve()
{
    while (true) {
        std::array<pollfd, 2> watched{ pollfd{ m_listener.fd(), POLLIN, 0 }, pollfd{ m_end.fd(), POLLIN, 0 } };
        if (::poll(watched.data(), watched.size(), -1) < 0 || watched[1].revents != 0)
            return;
        UniqueFd client(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        const timeval patience{ 5, 0 };
        ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (client)
            answer(client);
    }
}

void FileServer::answer(const UniqueFd& client)
{
    std::string request;
    std::array<char, 4096> buffer{};
    while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(client.fd(), buffer.data(), buffer.size(), 0);
        if (got <= 0)
            return;
        request.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const auto begin = request.find(' ') + 1;
    const std::string path = request.substr(begin, request.find(' ', begin) - begin);
    const std::string verb = request.substr(0, begin - 1);
    {
        const std::lock_guard lock(m_mutex);
        m_asked.push_back(verb + " " + path);
    }
    if (path.rfind("/moved/", 0) == 0)
        (void)sendText(client,
            "HTTP/1.1 302 Found\r\nLocation: " + path.substr(6)
                + "\r\nContent-Length: 0\r\n"
                  "Connection: close\r\n\r\n");
    else if (path.rfind("/silent/", 0) == 0)
        m_silent.push_back(UniqueFd(::fcntl(client.fd(), F_DUPFD_CLOEXEC, 0)));
    else if (path.rfind("/endless/", 0) == 0 && path.size() > 6 && path.substr(path.size() - 6) == "/linux"
        && verb == "GET")
        sendEndless(client);
    else
        sendFile(client, path.rfind("/endless/", 0) == 0 ? path.substr(8) : path, verb == "GET");
}

void FileServer::sendFile(const UniqueFd& client, const std::string& path, bool isWhole) const
{
    const auto text = path.find("..") == std::string::npos ? readFile(m_folder + path, kMostFileBytes)
                                                           : Error{ ErrorCode::NotFound, {}, 0, {} };
    if (!text) {
        (void)sendText(client, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    }
    const std::string head
        = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text->size()) + "\r\nConnection: close\r\n\r\n";
    if (sendText(client, head) && isWhole)
        (void)sendText(client, *text);
}

/// Until nobody wants it any more.
void FileServer::sendEndless(const UniqueFd& client) const
{
    const std::string piece(64U << 10U, 'x');
    bool isWanted = sendText(client, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (isWanted) {
        pollfd ended{ m_end.fd(), POLLIN, 0 };
        isWanted = ::poll(&ended, 1, 1) == 0 && sendText(client, piece);
    }
}

} // namespace twinhull::test
