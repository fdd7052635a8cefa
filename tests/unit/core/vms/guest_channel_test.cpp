// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "core/ipc/line_buffer.h"
#include "core/vms/guest/guest_channel.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

using namespace twinhull;

namespace {

/// An agent on a socket as QEMU listens on it; it answers the first questions of one client, each by its function.
/// Without any it hangs up on the first, unread.
class FakeGuest {
public:
    using Answer = std::function<GuestReply()>;

    FakeGuest(const QString& socketPath, std::vector<Answer> answers)
        : m_listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), m_answers(std::move(answers))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const QByteArray path = socketPath.toUtf8();
        std::copy(path.begin(), path.end(), address.sun_path);
        m_isListening = ::bind(m_listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(m_listener.fd(), 1) == 0;
        m_thread = std::thread([this] { serve(); });
    }
    ~FakeGuest()
    {
        (void)::shutdown(m_listener.fd(), SHUT_RDWR); // wakes an accept that nobody came for
        m_thread.join();
    }
    FakeGuest(const FakeGuest&) = delete;
    FakeGuest& operator=(const FakeGuest&) = delete;

    bool isListening() const { return m_isListening; }

private:
    void serve() const
    {
        const UniqueFd client(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client)
            return;
        pollfd asked{ client.fd(), POLLIN, 0 };
        (void)::poll(&asked, 1, -1); // a client that leaves ends it too
        LineBuffer lines(kGuestLineLimitBytes);
        std::size_t given = 0;
        char buffer[4096];
        while (given < m_answers.size()) {
            const ssize_t count = ::recv(client.fd(), buffer, sizeof buffer, 0);
            if (count <= 0)
                return;
            lines.append({ buffer, static_cast<std::size_t>(count) });
            while (const auto line = lines.takeLine()) {
                const auto request = decodeGuestRequest(*line);
                if (!request) // the end of line that every client begins with
                    continue;
                GuestReply reply = m_answers.at(given++)();
                reply.id = request->id;
                const std::string text = encodeGuestReply(reply);
                (void)::send(client.fd(), text.data(), text.size(), MSG_NOSIGNAL); // a client that left is no matter
            }
        }
    }

    UniqueFd m_listener;
    std::vector<Answer> m_answers;
    bool m_isListening = false;
    std::thread m_thread;
};

/// What a guest says whose entrypoint began at `ready` on this clock.
FakeGuest::Answer readySince(std::int64_t ready)
{
    return [ready] {
        GuestReply reply;
        reply.marks = { { "ready", monotonicNanoseconds() - ready } };
        return reply;
    };
}

} // namespace

class GuestChannelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void placesMarksByHalfOfARoundTrip()
    {
        const std::int64_t ready = monotonicNanoseconds();
        const FakeGuest guest(socketPath("half"), { readySince(ready), readySince(ready) });
        QVERIFY(guest.isListening());
        const auto answer = awaitGuest(socketPath("half"), std::chrono::seconds(30));
        QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
        const std::int64_t roundTrip = answer->receivedNanoseconds - answer->askedNanoseconds;
        QVERIFY(roundTrip > 0);
        QCOMPARE(answer->wayNanoseconds, roundTrip / 2);
        const std::int64_t error = answer->marksOnHostClock().at(0).monotonicNanoseconds - ready;
        QVERIFY2(std::abs(error) <= roundTrip - roundTrip / 2, std::to_string(error).c_str()); // never further off
    }

    void placesThemByTheAnswerAloneWhenTheGuestEndedAfterIt()
    {
        const std::int64_t ready = monotonicNanoseconds();
        const FakeGuest guest(socketPath("once"), { readySince(ready) });
        QVERIFY(guest.isListening());
        const auto answer = awaitGuest(socketPath("once"), std::chrono::seconds(30));
        QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
        QCOMPARE(answer->wayNanoseconds, std::int64_t(0));
        QVERIFY(answer->marksOnHostClock().at(0).monotonicNanoseconds >= ready);
    }

    /// A QEMU that ends leaves the question unread, which resets the connection: to the guest, not to libvirt.
    void saysThatTheVmEndedBeforeAnyAnswer()
    {
        const FakeGuest guest(socketPath("dies"), {});
        QVERIFY(guest.isListening());
        const auto answer = awaitGuest(socketPath("dies"), std::chrono::seconds(30));
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::Unavailable);
        QCOMPARE(answer.error().message, std::string("the VM ended"));
        QCOMPARE(answer.error().sysErrno, 0);
    }

    void placesMarksInTheirOrderBeforeTheAnswerWasWritten()
    {
        GuestAnswer answer;
        answer.receivedNanoseconds = 1000;
        answer.wayNanoseconds = 50;
        answer.reply.marks = { { "ready", 100 }, { "kernel", 900 } };
        const auto marks = answer.marksOnHostClock();
        QCOMPARE(marks.at(0), (StartupMark{ QStringLiteral("kernel"), 50 }));
        QCOMPARE(marks.at(1), (StartupMark{ QStringLiteral("ready"), 850 }));
    }

private:
    QString socketPath(const char* name) const { return m_world.path(QLatin1String(name)); }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(GuestChannelTest)
#include "guest_channel_test.moc"
