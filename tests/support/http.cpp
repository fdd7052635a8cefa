// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/http.h"

#include "core/base/unique_fd.h"

#include <QDeadlineTimer>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>

namespace twinhull::test {

namespace {

/// The whole answer; empty when nobody took or answered the request.
QByteArray exchange(std::uint16_t port, const QByteArray& request)
{
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{ 30, 0 };
    ::setsockopt(fd.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::send(fd.fd(), request.constData(), static_cast<std::size_t>(request.size()), MSG_NOSIGNAL)
            != request.size())
        return {};
    QByteArray answer;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::recv(fd.fd(), buffer, sizeof buffer, 0)) > 0;)
        answer.append(buffer, count);
    return answer;
}

} // namespace

QByteArray httpGetOnce(std::uint16_t port, const QByteArray& path)
{
    const QByteArray answer = exchange(port, "GET " + path + " HTTP/1.0\r\n\r\n");
    const bool isGood = answer.startsWith("HTTP/1.") && answer.mid(8, 4) == " 200";
    return isGood ? answer.mid(answer.indexOf("\r\n\r\n") + 4) : QByteArray();
}

QByteArray httpGet(std::uint16_t port, const QByteArray& path, std::chrono::milliseconds deadline)
{
    const QDeadlineTimer timer(deadline);
    QByteArray body = httpGetOnce(port, path);
    while (body.isEmpty() && !timer.hasExpired()) {
        QTest::qWait(20);
        body = httpGetOnce(port, path);
    }
    return body;
}

} // namespace twinhull::test
