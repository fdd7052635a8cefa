// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/guest_exec.h"

#include "core/base/files.h"
#include "core/ipc/line_buffer.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <cstring>
#include <future>

using namespace twinhull;

namespace {

/// A guest as QEMU shows it: a socket that takes one client, whose lines are heard and answered by hand.
class Guest {
public:
    explicit Guest(const QString& path)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const QByteArray name = path.toUtf8();
        std::memcpy(address.sun_path, name.constData(), static_cast<std::size_t>(name.size()));
        m_listener.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        m_isThere = ::bind(m_listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(m_listener.fd(), 1) == 0;
    }

    bool isThere() const { return m_isThere; }

    /// The next message; fails the wait after half a minute.
    std::optional<SessionMessage> hear()
    {
        if (!m_client)
            m_client.reset(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        while (true) {
            if (const auto line = m_lines.takeLine()) {
                auto message = decodeSessionMessage(*line);
                return message ? std::optional(*std::move(message)) : std::nullopt;
            }
            pollfd coming{ m_client.fd(), POLLIN, 0 };
            char buffer[4096];
            const ssize_t count = ::poll(&coming, 1, 30'000) == 1 ? ::recv(m_client.fd(), buffer, sizeof buffer, 0) : 0;
            if (count <= 0)
                return std::nullopt;
            m_lines.append({ buffer, static_cast<std::size_t>(count) });
        }
    }

    void say(std::uint64_t session, SessionKind kind, const std::string& bytes = {}, int status = 0)
    {
        SessionMessage message;
        message.session = session;
        message.kind = kind;
        message.bytes = bytes;
        message.exitStatus = status;
        message.error = "no such program";
        sayRaw(encodeSessionMessage(message));
    }
    void sayRaw(const std::string& text) { (void)!::send(m_client.fd(), text.data(), text.size(), MSG_NOSIGNAL); }
    void hangUp() { m_client.reset(); }

private:
    UniqueFd m_listener;
    UniqueFd m_client;
    bool m_isThere = false;
    LineBuffer m_lines{ kSessionLineLimitBytes };
};

} // namespace

class GuestExecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<test::TemporaryWorld>();
        m_sockets = { m_world->path(QStringLiteral("0.sock")), m_world->path(QStringLiteral("1.sock")) };
        m_guest = std::make_unique<Guest>(m_sockets[0]);
        QVERIFY(m_guest->isThere());
        m_isCancelled = false;
        m_output.clear();
        m_errorOutput.clear();
    }

    void carriesInputOutputsAndStatus()
    {
        auto input = openPath("/proc/self/comm", O_RDONLY); // short, and it ends
        QVERIFY(input);
        auto outcome = begin(input->fd());
        const auto open = m_guest->hear();
        QVERIFY(open);
        QCOMPARE(open->kind, SessionKind::Open);
        QVERIFY(open->command.arguments == std::vector<std::string>{ "work" });
        const auto typed = m_guest->hear();
        QVERIFY(typed && typed->session == open->session && typed->kind == SessionKind::Input && !typed->bytes.empty());
        const auto over = m_guest->hear();
        QVERIFY(over && over->kind == SessionKind::InputEnd);
        m_guest->say(open->session, SessionKind::Started);
        m_guest->say(open->session, SessionKind::Output, "out");
        m_guest->say(open->session, SessionKind::ErrorOutput, "err");
        m_guest->say(open->session, SessionKind::Ended, {}, 42);
        const auto status = outcome.get();
        QVERIFY(status);
        QCOMPARE(*status, 42);
        QCOMPARE(m_output, QByteArray("out"));
        QCOMPARE(m_errorOutput, QByteArray("err"));
    }

    void hearsOnlyItsOwnSession()
    {
        auto outcome = begin();
        const auto open = m_guest->hear();
        QVERIFY(open);
        m_guest->say(open->session + 1, SessionKind::Output, "another's");
        m_guest->say(open->session + 1, SessionKind::Ended, {}, 1);
        m_guest->sayRaw("no JSON\n{}\n");
        m_guest->sayRaw(std::string(kSessionLineLimitBytes + 1, 'x') + "\n");
        m_guest->say(open->session, SessionKind::Open, {}, 0); // no guest says that
        m_guest->say(open->session, SessionKind::Output, "mine");
        m_guest->say(open->session, SessionKind::Ended, {}, 0);
        const auto status = outcome.get();
        QVERIFY(status && *status == 0);
        QCOMPARE(m_output, QByteArray("mine"));
    }

    void takesTheFirstThatIsFree()
    {
        const auto held = lockOf(m_sockets[0]);
        QVERIFY(held);
        Guest second(m_sockets[1]);
        auto outcome = begin();
        const auto open = second.hear();
        QVERIFY(open);
        second.say(open->session, SessionKind::Ended, {}, 5);
        const auto status = outcome.get();
        QVERIFY(status && *status == 5);
    }

    void saysThatAllAreInUse()
    {
        const auto first = lockOf(m_sockets[0]);
        const auto second = lockOf(m_sockets[1]);
        QVERIFY(first && second);
        failsWith(begin().get(), ErrorCode::Busy, "2 commands run in the VM already");
    }

    void saysThatTheVmHasNoWayIn()
    {
        m_sockets.clear();
        failsWith(begin().get(), ErrorCode::Unavailable, "no way in");
    }

    void saysWhyItDidNotStart()
    {
        auto outcome = begin();
        const auto open = m_guest->hear();
        QVERIFY(open);
        m_guest->say(open->session, SessionKind::Failed);
        failsWith(outcome.get(), ErrorCode::Unknown, "in the guest: no such program");
    }

    void noticesTheEndOfTheVm()
    {
        auto outcome = begin();
        QVERIFY(m_guest->hear());
        m_guest->hangUp();
        failsWith(outcome.get(), ErrorCode::Unavailable, "the VM ended");
    }

    void endsWhenNobodyTakesItsOutput()
    {
        auto outcome = begin();
        const auto open = m_guest->hear();
        QVERIFY(open);
        m_guest->say(open->session, SessionKind::Output, "refused");
        failsWith(outcome.get(), ErrorCode::Io, "nobody reads");
    }

    void canBeCancelled()
    {
        auto outcome = begin();
        QVERIFY(m_guest->hear());
        m_isCancelled = true;
        failsWith(outcome.get(), ErrorCode::Cancelled, "cancelled");
    }

    void refusesACommandThatDoesNotFit()
    {
        m_command.arguments = { "work", std::string(kSessionLineLimitBytes, 'x') };
        auto result = begin().get();
        m_command.arguments = { "work" };
        failsWith(result, ErrorCode::InvalidArgument, "too long");
    }

private:
    std::future<Result<int>> begin(int input = -1)
    {
        return std::async(std::launch::async, [this, input] {
            return execInGuest(m_sockets, m_command,
                { input, sinkTo(m_output), sinkTo(m_errorOutput), {}, [this] { return m_isCancelled.load(); } });
        });
    }

    static std::optional<UniqueFd> lockOf(const QString& socket)
    {
        auto file = openPath(sessionLockPath(socket).toStdString(), O_RDWR | O_CREAT);
        if (!file || ::flock(file->fd(), LOCK_EX | LOCK_NB) != 0)
            return std::nullopt;
        return *std::move(file);
    }

    static void failsWith(const Result<int>& result, ErrorCode code, const char* text)
    {
        QVERIFY(!result);
        QCOMPARE(result.error().code, code);
        QVERIFY2(result.error().message.find(text) != std::string::npos, result.error().message.c_str());
    }

    static GuestExecStreams::Sink sinkTo(QByteArray& all)
    {
        return [&all](std::string_view bytes) -> Result<> {
            if (bytes == "refused")
                return Error{ ErrorCode::Io, "nobody reads", 0, {} };
            all.append(bytes.data(), static_cast<qsizetype>(bytes.size()));
            return {};
        };
    }

    std::unique_ptr<test::TemporaryWorld> m_world;
    QStringList m_sockets;
    std::unique_ptr<Guest> m_guest;
    GuestCommand m_command{ { "work" }, {}, {}, {}, false, 0, 0 };
    QByteArray m_output;
    QByteArray m_errorOutput;
    std::atomic<bool> m_isCancelled = false;
};

QTEST_GUILESS_MAIN(GuestExecTest)
#include "guest_exec_test.moc"
