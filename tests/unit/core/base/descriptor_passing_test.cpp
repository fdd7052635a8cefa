// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/descriptor_passing.h"

#include "core/base/files.h"
#include "tests/support/child_report.h"
#include "tests/support/raw_rights.h"

#include <QTest>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>

using namespace twinhull;
using namespace twinhull::test;

class DescriptorPassingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_null.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
        m_before = openDescriptors();
    }

    void passesOneWithItsBytes_data() { eachType(); }
    void passesOneWithItsBytes()
    {
        QFETCH(int, type);
        const auto [near, far] = socketPair(type);
        QVERIFY(sendWithDescriptor(near, "name", m_null.fd()));
        char buffer[16] = {};
        auto received = receiveWithDescriptor(far, buffer, sizeof buffer);
        QVERIFY(received);
        QCOMPARE(std::string(buffer, received->count), std::string("name"));
        QVERIFY(isSame(received->descriptor, m_null));
        QVERIFY(received->descriptor.fd() != m_null.fd());
    }

    void keepsWhatIsReceivedFromOtherPrograms()
    {
        const auto [near, far] = socketPair(SOCK_STREAM);
        const UniqueFd open(::open("/dev/null", O_RDWR)); // without O_CLOEXEC
        QVERIFY(sendWithDescriptor(near, "x", open.fd()));
        char byte = 0;
        auto received = receiveWithDescriptor(far, &byte, 1);
        QVERIFY(received);
        QCOMPARE(::fcntl(received->descriptor.fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    }

    void takesBytesWithoutADescriptor_data() { eachType(); }
    void takesBytesWithoutADescriptor()
    {
        QFETCH(int, type);
        const auto [near, far] = socketPair(type);
        QVERIFY(sendWithDescriptor(near, "alone", -1));
        char buffer[16] = {};
        auto received = receiveWithDescriptor(far, buffer, sizeof buffer);
        QVERIFY(received);
        QCOMPARE(received->count, std::size_t{ 5 });
        QVERIFY(!received->descriptor);
    }

    // two fit into the padding of a buffer for one; the rest does not fit and is cut (MSG_CTRUNC)
    void refusesMoreThanOneAndClosesThem_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : { 2, 3, 16, 253 }) // 253: SCM_MAX_FD
            QTest::newRow(qPrintable(QString::number(count))) << count;
    }
    void refusesMoreThanOneAndClosesThem()
    {
        QFETCH(int, count);
        {
            const auto [near, far] = socketPair(SOCK_SEQPACKET);
            QVERIFY(sendRights(near, "many", std::vector<int>(static_cast<std::size_t>(count), m_null.fd())));
            char buffer[16] = {};
            auto received = receiveWithDescriptor(far, buffer, sizeof buffer);
            QVERIFY(!received);
            QCOMPARE(received.error().code, ErrorCode::Corrupt);
            QCOMPARE(openDescriptors(), m_before + 2);
        }
        QCOMPARE(openDescriptors(), m_before);
    }

    void refusesOneThatThisProcessHasNoRoomFor()
    {
        const std::string report = inChild([&] {
            const auto [near, far] = socketPair(SOCK_STREAM);
            const auto sent = sendWithDescriptor(near, "x", m_null.fd());
            const rlimit none{ 0, 0 };
            ::setrlimit(RLIMIT_NOFILE, &none);
            char byte = 0;
            auto received = receiveWithDescriptor(far, &byte, 1);
            return told(sent) + " " + (received ? "received" : std::string(nameOf(received.error().code)));
        });
        QCOMPARE(report, std::string("done corrupt"));
    }

    void refusesAMessageThatDoesNotFit()
    {
        const auto [near, far] = socketPair(SOCK_SEQPACKET);
        QVERIFY(sendWithDescriptor(near, "longer than that", m_null.fd()));
        char buffer[4] = {};
        const qsizetype before = openDescriptors();
        auto received = receiveWithDescriptor(far, buffer, sizeof buffer);
        QVERIFY(!received);
        QCOMPARE(received.error().code, ErrorCode::Corrupt);
        QCOMPARE(openDescriptors(), before);
        QVERIFY(sendWithDescriptor(near, "next", -1)); // the channel goes on behind it
        QVERIFY(receiveWithDescriptor(far, buffer, sizeof buffer));
    }

    void leavesTheRestOfAStreamForLater()
    {
        const auto [near, far] = socketPair(SOCK_STREAM);
        QVERIFY(sendWithDescriptor(near, "first second", m_null.fd()));
        char buffer[6] = {};
        auto first = receiveWithDescriptor(far, buffer, sizeof buffer);
        QVERIFY(first && first->descriptor);
        auto second = receiveWithDescriptor(far, buffer, sizeof buffer);
        QVERIFY(second && !second->descriptor);
        QCOMPARE(std::string(buffer, second->count), std::string("second"));
    }

    void showsAClosedPeer_data() { eachType(); }
    void showsAClosedPeer()
    {
        QFETCH(int, type);
        auto [near, far] = socketPair(type);
        near.reset();
        char byte = 0;
        auto received = receiveWithDescriptor(far, &byte, 1);
        QVERIFY(received);
        QCOMPARE(received->count, std::size_t{ 0 });
        auto sent = sendWithDescriptor(far, "x", m_null.fd()); // no SIGPIPE: the test would be gone
        QVERIFY(!sent);
        QCOMPARE(sent.error().sysErrno, EPIPE);
    }

    void closesWhatNobodyFetched()
    {
        {
            const auto [near, far] = socketPair(SOCK_STREAM);
            QVERIFY(sendWithDescriptor(near, "x", m_null.fd()));
        }
        QCOMPARE(openDescriptors(), m_before);
    }

    void saysThatADescriptorIsNone()
    {
        const auto [near, far] = socketPair(SOCK_STREAM);
        auto sent = sendWithDescriptor(near, "x", 12345);
        QVERIFY(!sent);
        QCOMPARE(sent.error().sysErrno, EBADF);
    }

    void doesNotWaitWhereTheSocketDoesNot()
    {
        const auto [near, far] = socketPair(SOCK_STREAM | SOCK_NONBLOCK);
        char byte = 0;
        auto received = receiveWithDescriptor(far, &byte, 1);
        QVERIFY(!received);
        QCOMPARE(received.error().sysErrno, EAGAIN);
    }

private:
    static void eachType()
    {
        QTest::addColumn<int>("type");
        QTest::newRow("stream") << int{ SOCK_STREAM };
        QTest::newRow("packets") << int{ SOCK_SEQPACKET };
    }
    static bool isSame(const UniqueFd& left, const UniqueFd& right)
    {
        struct stat one { };
        struct stat other { };
        return ::fstat(left.fd(), &one) == 0 && ::fstat(right.fd(), &other) == 0 && one.st_rdev == other.st_rdev;
    }

    UniqueFd m_null;
    qsizetype m_before = 0;
};

QTEST_GUILESS_MAIN(DescriptorPassingTest)
#include "descriptor_passing_test.moc"
