// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/network_reader.h"

#include "tests/support/victim.h"

#include <QTest>

#include <sched.h>
#include <unistd.h>

using namespace twinhull;
using namespace twinhull::test;

class NetworkReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesOurOwnNetwork()
    {
        const auto reader = NetworkReader::open({}, ::getpid());
        QVERIFY(!reader);
        QCOMPARE(reader.error().code, ErrorCode::Unsupported);
    }

    void refusesAProcessThatIsNotThere()
    {
        Victim victim([](int, VictimReport&) {});
        const pid_t pid = victim.pid();
        victim.end();
        const auto reader = NetworkReader::open({}, pid);
        QVERIFY(!reader);
        QCOMPARE(reader.error().code, ErrorCode::NotFound);
    }

    void readsANetworkOfItsOwn()
    {
        Victim victim([](int, VictimReport& report) { report.child = ::unshare(CLONE_NEWUSER | CLONE_NEWNET); });
        if (victim.doStep().child != 0)
            QSKIP("needs user and network namespaces");
        ReadBuffer buffer;
        const auto reader = NetworkReader::open({}, victim.pid());
        QVERIFY2(reader, reader ? "" : reader.error().message.c_str());
        const auto bytes = reader->read(buffer);
        QVERIFY(bytes);
        QCOMPARE(bytes->received, std::uint64_t{ 0 }); // nothing but lo in there
    }
};

QTEST_GUILESS_MAIN(NetworkReaderTest)
#include "network_reader_test.moc"
