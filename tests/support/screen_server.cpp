// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/screen_server.h"

#include <QRect>
#include <QtEndian>

#include <poll.h>
#include <sys/socket.h>

namespace twinhull::test {

namespace {

constexpr int kPatience = 30'000;

} // namespace

ScreenServer::ScreenServer()
{
    int ends[2] = { -1, -1 };
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
        m_end.reset(ends[0]);
        m_clientEnd.reset(ends[1]);
    }
}

OpenedScreen ScreenServer::takeClientEnd()
{
    OpenedScreen opened;
    opened.descriptor = std::move(m_clientEnd);
    return opened;
}

QByteArray ScreenServer::number16(quint16 number)
{
    QByteArray bytes(2, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray ScreenServer::number32(quint32 number)
{
    QByteArray bytes(4, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

void ScreenServer::say(const QByteArray& bytes) const
{
    for (qsizetype at = 0; at < bytes.size();) {
        const auto sent
            = ::send(m_end.fd(), bytes.constData() + at, static_cast<std::size_t>(bytes.size() - at), MSG_NOSIGNAL);
        if (sent <= 0)
            return; // it has hung up, which a test sees elsewhere
        at += sent;
    }
}

QByteArray ScreenServer::hear(int count) const
{
    QByteArray heard;
    while (heard.size() < count) {
        pollfd waiting{ m_end.fd(), POLLIN, 0 };
        if (::poll(&waiting, 1, kPatience) != 1)
            return {};
        QByteArray piece(count - heard.size(), Qt::Uninitialized);
        const auto got = ::recv(m_end.fd(), piece.data(), static_cast<std::size_t>(piece.size()), 0);
        if (got <= 0)
            return {};
        heard += piece.left(got);
    }
    return heard;
}

bool ScreenServer::hearsNothing(int milliseconds) const
{
    pollfd waiting{ m_end.fd(), POLLIN, 0 };
    return ::poll(&waiting, 1, milliseconds) == 0;
}

QByteArray ScreenServer::greet(const QSize& size, quint8 security)
{
    say("RFB 003.008\n");
    if (hear(12).isEmpty())
        return {};
    say(QByteArray(1, 1) + static_cast<char>(security));
    if (security != 1 || hear(1).isEmpty())
        return {};
    say(number32(0));
    (void)hear(1); // ClientInit
    const auto side = [](int length) { return number16(static_cast<quint16>(length)); };
    say(side(size.width()) + side(size.height()) + QByteArray::fromHex("20180001 00ff00ff00ff 100800 000000")
        + number32(4) + "test");
    if (hear(20).isEmpty()) // SetPixelFormat
        return {};
    const QByteArray head = hear(4); // SetEncodings
    return head.isEmpty() ? QByteArray() : hear(4 * qFromBigEndian<quint16>(head.constData() + 2));
}

std::optional<ScreenServer::PixelRequest> ScreenServer::hearPixelRequest() const
{
    const QByteArray heard = hear(10);
    if (heard.size() != 10 || heard[0] != 3)
        return {};
    return PixelRequest{ heard[1] != 0,
        { qFromBigEndian<quint16>(heard.constData() + 6), qFromBigEndian<quint16>(heard.constData() + 8) } };
}

void ScreenServer::paint(const QRect& area, quint32 colour) const
{
    QByteArray pixels;
    for (int i = 0; i < area.width() * area.height(); ++i) {
        QByteArray pixel(4, Qt::Uninitialized);
        qToLittleEndian(colour, pixel.data()); // as the client asked for
        pixels += pixel;
    }
    sayRectangle(area, 0, pixels);
}

void ScreenServer::sayRectangle(const QRect& area, qint32 encoding, const QByteArray& content) const
{
    QByteArray header = QByteArray(2, 0) + number16(1);
    for (const int number : { area.x(), area.y(), area.width(), area.height() })
        header += number16(static_cast<quint16>(number));
    say(header + number32(static_cast<quint32>(encoding)) + content);
}

} // namespace twinhull::test
