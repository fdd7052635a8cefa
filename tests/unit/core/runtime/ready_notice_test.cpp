// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/ready_notice.h"

#include "core/base/files.h"
#include "tests/support/ready_listener.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

class ReadyNoticeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_place = std::make_unique<QTemporaryDir>();
        QVERIFY(m_place->isValid());
        m_state = *openPath(path("/"), O_RDONLY | O_DIRECTORY);
        QVERIFY(!ReadyNotice::hasFolder(m_state));
        QVERIFY(ReadyNotice::makeFolder(m_state));
        QVERIFY(ReadyNotice::hasFolder(m_state));
    }

    void knowsWhoListens_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("listener");
        QTest::newRow("path") << QByteArray("/run/a") << QByteArray("/run/a");
        QTest::newRow("abstract") << QByteArray("@a") << QByteArray("@a");
        QTest::newRow("empty") << QByteArray("") << QByteArray();
        QTest::newRow("virtual machine") << QByteArray("vsock:2:9") << QByteArray();
    }
    void knowsWhoListens()
    {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, listener);
        qputenv("NOTIFY_SOCKET", value);
        QCOMPARE(QByteArray::fromStdString(ReadyNotice::listener()), listener);
        qunsetenv("NOTIFY_SOCKET");
        QVERIFY(ReadyNotice::listener().empty());
    }

    void passesReadinessOnly_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isReady");
        QTest::newRow("alone") << QByteArray("READY=1") << true;
        QTest::newRow("among others") << QByteArray("STATUS=up\nREADY=1\nMAINPID=1\n") << true;
        QTest::newRow("not yet") << QByteArray("READY=0") << false;
        QTest::newRow("in a value") << QByteArray("STATUS=READY=1") << false;
        QTest::newRow("longer") << QByteArray("READY=12") << false;
        QTest::newRow("others") << QByteArray("MAINPID=1\nFDSTORE=1\nBARRIER=1") << false;
    }
    void passesReadinessOnly()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isReady);
        const ReadyListener listener(path("/listener"));
        auto notice = ReadyNotice::bind(m_state, path("/listener"));
        QVERIFY(notice);
        say(text);
        const auto passed = notice->pass(77);
        QVERIFY(passed);
        QCOMPARE(*passed, isReady);
        QCOMPARE(listener.messages(),
            isReady ? std::vector<std::string>({ "READY=1\nMAINPID=77", "BARRIER=1" }) : std::vector<std::string>());
    }

    void hasNothingToPassWhereNothingCame()
    {
        auto notice = ReadyNotice::bind(m_state, path("/listener"));
        QVERIFY(notice);
        const auto passed = notice->pass(77);
        QVERIFY(passed && !*passed);
    }

    void saysWhoCannotBeTold()
    {
        auto notice = ReadyNotice::bind(m_state, path("/none"));
        QVERIFY(notice);
        say("READY=1");
        const auto passed = notice->pass(77);
        QVERIFY(!passed);
        QVERIFY(passed.error().message.find("/none") != std::string::npos);
        const std::string longPath = "/" + std::string(200, 'x');
        auto unreachable = ReadyNotice::bind(makeOther(), longPath);
        QVERIFY(unreachable);
        say("READY=1", "/other/notify/notify.sock");
        QVERIFY(!unreachable->pass(77));
    }

    void waitsUntilTheProgramEnds()
    {
        const ReadyListener listener(path("/listener"));
        auto notice = ReadyNotice::bind(m_state, path("/listener"));
        QVERIFY(notice);
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(0);
        const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
        say("STATUS=ending");
        QVERIFY(notice->await(pidfd, child));
        QVERIFY(listener.messages().empty());
        QCOMPARE(::waitpid(child, nullptr, 0), child);
    }

    void hearsALastWordBeforeTheEnd()
    {
        const ReadyListener listener(path("/listener"));
        auto notice = ReadyNotice::bind(m_state, path("/listener"));
        QVERIFY(notice);
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(0);
        const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
        say("STATUS=ending");
        say("READY=1");
        QVERIFY(notice->await(pidfd, child));
        QCOMPARE(listener.messages().size(), std::size_t{ 2 });
        QCOMPARE(::waitpid(child, nullptr, 0), child);
    }

private:
    std::string path(const char* below) const { return m_place->path().toStdString() + below; }

    UniqueFd makeOther() const
    {
        (void)makeFolders(path("/other"));
        auto folder = openPath(path("/other"), O_RDONLY | O_DIRECTORY);
        (void)ReadyNotice::makeFolder(*folder); // bind() tells when it is not there
        return *std::move(folder);
    }

    void say(const QByteArray& text, const char* place = "/notify/notify.sock") const
    {
        const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path(place).c_str(), sizeof address.sun_path - 1);
        QCOMPARE(::sendto(socket.fd(), text.constData(), static_cast<std::size_t>(text.size()), 0,
                     reinterpret_cast<const sockaddr*>(&address), sizeof address),
            text.size());
    }

    std::unique_ptr<QTemporaryDir> m_place;
    UniqueFd m_state;
};

QTEST_GUILESS_MAIN(ReadyNoticeTest)
#include "ready_notice_test.moc"
