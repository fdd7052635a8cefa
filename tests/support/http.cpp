// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/http.h"

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"

#include <QDeadlineTimer>
#include <QTest>

#include <sys/socket.h>
#include <sys/time.h>

namespace twinhull::test {

namespace {

/// The whole answer; empty when nobody took or answered the request.
QByteArray exchange(const std::string& host, std::uint16_t port, const QByteArray& request)
{
    const SocketAddress address = socketAddressOf(*IpAddress::parse(host), port);
    const UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{ 30, 0 };
    ::setsockopt(fd.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd.fd(), address.raw(), address.size) != 0
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

QByteArray httpGetOnce(std::uint16_t port, const QByteArray& path, const std::string& address)
{
    const QByteArray answer = exchange(address, port, "GET " + path + " HTTP/1.0\r\n\r\n");
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
