// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl.h"

#include "core/base/data_folders.h"
#include "core/base/subprocess.h"

#include <QDeadlineTimer>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <unistd.h>

namespace twinhull::test {

namespace {

/// The whole answer; empty when nobody took or answered the request.
QByteArray exchange(quint16 port, const QByteArray& request)
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

QString CtlOutput::text() const
{
    return QStringLiteral("exit code %1\n%2\n%3").arg(exitCode).arg(QString::fromUtf8(out), QString::fromUtf8(err));
}

QList<QByteArray> CtlOutput::errorLines() const
{
    auto lines = err.split('\n');
    lines.removeAll({});
    return lines;
}

CtlOutput ctl(const std::vector<std::string>& arguments, std::chrono::milliseconds deadline)
{
    Command command{ { TH_BUILD_BIN_DIR "/twinhullctl" }, {}, {} };
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    const auto output = runCommand(command, deadline);
    if (!output)
        return { -1, {}, QByteArray::fromStdString(output.error().message) };
    return { output->exitStatus, QByteArray::fromStdString(output->standardOutput),
        QByteArray::fromStdString(output->standardError) };
}

QByteArray httpGet(quint16 port, const QByteArray& path, std::chrono::milliseconds deadline)
{
    const QDeadlineTimer timer(deadline);
    do {
        const QByteArray answer = exchange(port, "GET " + path + " HTTP/1.0\r\n\r\n");
        if (answer.startsWith("HTTP/1.") && answer.mid(8, 4) == " 200")
            return answer.mid(answer.indexOf("\r\n\r\n") + 4);
        QTest::qWait(20);
    } while (!timer.hasExpired());
    return {};
}

} // namespace twinhull::test
