// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/start_gate.h"

#include "core/base/files.h"
#include "tests/support/child_report.h"
#include "tests/support/raw_rights.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <thread>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// What the two halves of a start say to each other, and the gate between create and start, with halves that die.
class SyncChannelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        auto pair = SyncChannel::makePair();
        QVERIFY(pair);
        m_near = std::move(pair->first);
        m_far = std::move(pair->second);
    }

    void keepsPacketsApart()
    {
        for (const auto kind : { SyncKind::Started, SyncKind::Prepared, SyncKind::Ready })
            QVERIFY(m_near.send(SyncMessage::of(kind, static_cast<std::int64_t>(kind) + 100)));
        for (const auto kind : { SyncKind::Started, SyncKind::Prepared, SyncKind::Ready }) {
            auto received = m_far.receive();
            QVERIFY(received && *received);
            QVERIFY((*received)->message.kind == kind);
            QCOMPARE((*received)->message.value, static_cast<std::int64_t>(kind) + 100);
            QVERIFY(!(*received)->attached);
        }
    }

    void carriesAnErrorWhole()
    {
        const Error error{ ErrorCode::OutOfSpace, "start web: mount /data: full", ENOSPC, "Make room" };
        QVERIFY(m_near.send(SyncMessage::failure(error)));
        const Error received = (*m_far.receive())->message.toError();
        QVERIFY(received.code == error.code);
        QCOMPARE(received.sysErrno, error.sysErrno);
        QCOMPARE(received.message, error.message);
        QCOMPARE(received.hint, error.hint);
    }

    void keepsAWarningInOneLine()
    {
        QVERIFY(m_near.send(SyncMessage::warning("capability a\nb\x1b[31m is unknown")));
        QCOMPARE((*m_far.receive())->message.text, "capability a?b?[31m is unknown");
    }

    void cutsAnErrorThatIsTooLong()
    {
        QVERIFY(m_near.send(
            SyncMessage::failure({ ErrorCode::Io, std::string(100'000, 'm'), 0, std::string(100'000, 'h') })));
        const Error received = (*m_far.receive())->message.toError();
        QCOMPARE(received.message, std::string(sizeof(SyncMessage::text) - 1, 'm'));
        QCOMPARE(received.hint, std::string(sizeof(SyncMessage::hint) - 1, 'h'));
    }

    void refusesAPacketThatIsCut()
    {
        const auto [raw, other] = socketPair(SOCK_SEQPACKET);
        const SyncChannel channel(UniqueFd(::dup(other.fd())));
        const SyncMessage whole = SyncMessage::of(SyncKind::Ready, 1);
        QCOMPARE(::send(raw.fd(), &whole, sizeof whole - 1, 0), static_cast<ssize_t>(sizeof whole - 1));
        auto received = channel.receive();
        QVERIFY(!received);
        QCOMPARE(received.error().code, ErrorCode::Corrupt);
    }

    void refusesAPacketThatIsTooLong()
    {
        const auto [raw, other] = socketPair(SOCK_SEQPACKET);
        const SyncChannel channel(UniqueFd(::dup(other.fd())));
        const std::string tooLong(sizeof(SyncMessage) + 1, 'x');
        QCOMPARE(::send(raw.fd(), tooLong.data(), tooLong.size(), 0), static_cast<ssize_t>(tooLong.size()));
        auto received = channel.receive();
        QVERIFY(!received);
        QCOMPARE(received.error().code, ErrorCode::Corrupt);
    }

    void endsATextThatHasNoEnd()
    {
        const auto [raw, other] = socketPair(SOCK_SEQPACKET);
        const SyncChannel channel(UniqueFd(::dup(other.fd())));
        SyncMessage message = SyncMessage::of(SyncKind::Failed);
        std::memset(message.text, 't', sizeof message.text);
        std::memset(message.hint, 'h', sizeof message.hint);
        QCOMPARE(::send(raw.fd(), &message, sizeof message, 0), static_cast<ssize_t>(sizeof message));
        auto received = channel.receive();
        QVERIFY(received && *received);
        QCOMPARE((*received)->message.toError().message, std::string(sizeof message.text - 1, 't'));
        QCOMPARE((*received)->message.toError().hint, std::string(sizeof message.hint - 1, 'h'));
    }

    void marksADescriptorForThisProcessOnly()
    {
        const UniqueFd open(::open("/dev/null", O_RDWR)); // without O_CLOEXEC
        QVERIFY(m_near.send(SyncMessage::of(SyncKind::Ready), open.fd()));
        auto received = m_far.receive();
        QVERIFY(received && *received && (*received)->attached);
        QCOMPARE(::fcntl((*received)->attached.fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        QCOMPARE(::fcntl(m_far.fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    }

    void tellsTheEndOfTheOtherSide()
    {
        QVERIFY(m_near.send(SyncMessage::of(SyncKind::Started)));
        m_near.close();
        QVERIFY(m_far.receive().value()); // what was said before counts
        auto received = m_far.receive();
        QVERIFY(received && !*received);
        auto sent = m_far.send(SyncMessage::of(SyncKind::Proceed)); // no SIGPIPE: the test would be gone
        QVERIFY(!sent);
        QCOMPARE(sent.error().sysErrno, EPIPE);
    }

    void tellsTheEndOfOneThatDidNotListen()
    {
        QVERIFY(m_far.send(SyncMessage::of(SyncKind::Proceed)));
        m_near.close(); // with a packet unread: ECONNRESET
        auto received = m_far.receive();
        QVERIFY(received && !*received);
    }

    void hearsTheLastWordOfOneThatDidNotListen()
    {
        QVERIFY(m_far.send(SyncMessage::of(SyncKind::Proceed)));
        QVERIFY(m_near.send(SyncMessage::failure(Error{ ErrorCode::Io, "no space", ENOSPC, {} })));
        m_near.close();
        auto received = m_far.receive();
        QVERIFY(received && *received);
        QCOMPARE((*received)->message.toError().message, std::string("no space"));
        received = m_far.receive();
        QVERIFY(received && !*received);
    }

    void waitsForTheOutcomeOnly()
    {
        QVERIFY(m_near.send(SyncMessage::of(SyncKind::Started)));
        QVERIFY(m_near.send(SyncMessage::of(static_cast<SyncKind>(4711)))); // of a hull of another version
        QVERIFY(m_near.send(SyncMessage::of(SyncKind::Executing, 5)));
        m_near.close();
        auto executed = awaitExec(m_far, {});
        QVERIFY(executed);
        QCOMPARE(*executed, std::int64_t{ 5 });
    }

    // execve itself fails after Executing was sent
    void takesAFailureAfterTheMarkForAFailure()
    {
        QVERIFY(m_near.send(SyncMessage::of(SyncKind::Executing, 5)));
        QVERIFY(m_near.send(SyncMessage::failure(Error::fromErrno(ENOEXEC, "start /bin/x"))));
        m_near.close();
        auto executed = awaitExec(m_far, {});
        QVERIFY(!executed);
        QCOMPARE(executed.error().sysErrno, ENOEXEC);
    }

    void makesNoSecondGate()
    {
        auto folder = stateFolder();
        auto first = makeGate(folder);
        QVERIFY(first && hasGate(folder));
        QVERIFY(!makeGate(folder));
    }

    void saysThatTheContainerAtTheGateIsGone()
    {
        auto folder = stateFolder();
        {
            auto gate = makeGate(folder);
            QVERIFY(gate);
        }
        QVERIFY(hasGate(folder)); // the name outlives whoever waited
        auto opened = openGate(folder, {});
        QVERIFY(!opened);
        QCOMPARE(opened.error().sysErrno, ECONNREFUSED);
        removeGate(folder);
        removeGate(folder);
        QVERIFY(!hasGate(folder));
        QCOMPARE(openGate(folder, {}).error().sysErrno, ENOENT);
    }

    void saysThatTheContainerDiedBetweenTheGateAndItsProgram()
    {
        auto folder = stateFolder();
        auto gate = makeGate(folder);
        QVERIFY(gate);
        std::thread container([&] { (void)waitAtGate(*gate); }); // hangs up at once
        auto opened = openGate(folder, {});
        container.join();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Unavailable);
    }

    void findsAGateWhosePathIsLongerThanAnAddress()
    {
        const std::string deep = m_folder->path().toStdString() + "/" + std::string(200, 'd');
        QVERIFY(makeFolders(deep));
        auto folder = openPath(deep, O_RDONLY | O_DIRECTORY);
        auto gate = makeGate(*folder);
        QVERIFY(gate && hasGate(*folder));
        std::thread container([&] {
            auto channel = waitAtGate(*gate);
            (void)channel->send(SyncMessage::of(SyncKind::Executing, 9));
        });
        auto opened = openGate(*folder, {});
        container.join();
        QVERIFY(opened);
        QCOMPARE(*opened, std::int64_t{ 9 });
    }

private:
    UniqueFd stateFolder() const
    {
        auto folder = openPath(m_folder->path().toStdString(), O_RDONLY | O_DIRECTORY);
        return folder ? *std::move(folder) : UniqueFd();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    SyncChannel m_near;
    SyncChannel m_far;
};

QTEST_GUILESS_MAIN(SyncChannelTest)
#include "sync_channel_test.moc"
