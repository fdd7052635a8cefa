// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_port.h"

#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace twinhull;

/// The port's driver lets read(2) give 0 while it knows of no host, and EAGAIN once it does. Datagrams can do both: an
/// empty one is read as 0.
class GuestPortTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        std::array<int, 2> ends{};
        QCOMPARE(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
        m_host.reset(ends[0]);
        m_port.emplace(UniqueFd(ends[1]), 1024);
    }

    /// The question overtakes the news of the connection, as it does in a guest whose processor is busy.
    void keepsTheAnswerToWhoIsNotKnownToBeConnected()
    {
        while (m_port->send("x"), !m_port->hasOutput()) { } // nobody takes more
        say("question\n");
        say("");
        say("");
        QCOMPARE(m_port->read(), GuestPort::Read::Came);
        QCOMPARE(m_port->takeLine(), std::optional<std::string>("question"));
        QCOMPARE(m_port->read(), GuestPort::Read::HungUp); // of the one before, who took the first bytes
        m_port->send("answer\n");
        QCOMPARE(m_port->read(), GuestPort::Read::Nothing);
        hear();
        QCOMPARE(m_port->read(), GuestPort::Read::Nothing); // the news
        m_port->writeWhatWaits();
        QCOMPARE(hear(), std::string("answer\n"));
    }

    void tellsAHangUpOnce()
    {
        QCOMPARE(m_port->read(), GuestPort::Read::Nothing);
        say("");
        say("");
        QCOMPARE(m_port->read(), GuestPort::Read::HungUp);
        QCOMPARE(m_port->read(), GuestPort::Read::Nothing);
    }

    void dropsWhatWaitsForWhoHungUp()
    {
        while (m_port->send("x"), !m_port->hasOutput()) { }
        say("");
        QCOMPARE(m_port->read(), GuestPort::Read::HungUp);
        QVERIFY(!m_port->hasOutput());
    }

private:
    void say(const std::string& text) const
    {
        QCOMPARE(::send(m_host.fd(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    }

    /// All that has come; the last datagram is returned.
    std::string hear() const
    {
        std::string last;
        std::array<char, 1024> buffer{};
        for (ssize_t count = 0; (count = ::recv(m_host.fd(), buffer.data(), buffer.size(), 0)) >= 0;)
            last.assign(buffer.data(), static_cast<std::size_t>(count));
        return last;
    }

    UniqueFd m_host;
    std::optional<GuestPort> m_port;
};

QTEST_GUILESS_MAIN(GuestPortTest)
#include "guest_port_test.moc"
