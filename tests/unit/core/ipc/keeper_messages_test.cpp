// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/keeper_arguments.h"
#include "core/ipc/keeper_messages.h"

#include <QTest>

using namespace twinhull;

class KeeperMessagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void travelsThere()
    {
        const auto request = sample();
        const auto read = decodeKeeperRequest(encodeKeeperRequest(request));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == request);
        KeeperRequest greeting;
        greeting.verb = KeeperVerb::Greet;
        QVERIFY(*decodeKeeperRequest(encodeKeeperRequest(greeting)) == greeting);
        const KeeperRequest listening{ "abc", {}, 0, 0, {}, { { "::1", 8080, 80, PortTransport::Udp } },
            KeeperVerb::Listen };
        QVERIFY(*decodeKeeperRequest(encodeKeeperRequest(listening)) == listening);
        KeeperRequest renaming;
        renaming.verb = KeeperVerb::Rename;
        renaming.id = "abc";
        renaming.name = "web";
        QVERIFY(*decodeKeeperRequest(encodeKeeperRequest(renaming)) == renaming);
    }

    void travelsBack()
    {
        const KeeperReply reply{ 77, { { "back", "10.89.0.2", "fd00::2" }, { "front", "10.89.1.2", "" } } };
        QVERIFY(*decodeKeeperReply(encodeKeeperReply(reply)) == reply);
        const Error error{ ErrorCode::Busy, "taken", 16, "Choose another." };
        const auto read = decodeKeeperReply(encodeKeeperReply(Result<KeeperReply>(error)));
        QCOMPARE(read.error().code, ErrorCode::Busy);
        QCOMPARE(read.error().hint, error.hint);
    }

    void refusesWhatIsBroken()
    {
        for (const char* line : { "", "{}", "[]", R"({"do": "end"})", R"({"do": 3})" })
            QVERIFY2(!decodeKeeperRequest(line), line);
        auto request = sample();
        request.interfaces.clear();
        QVERIFY(!decodeKeeperRequest(encodeKeeperRequest(request)));
        request = sample();
        request.interfaces.resize(17, request.interfaces.front());
        QVERIFY(!decodeKeeperRequest(encodeKeeperRequest(request)));
        request = sample();
        request.interfaces.front().aliases.resize(65);
        QVERIFY(!decodeKeeperRequest(encodeKeeperRequest(request)));
        request = sample();
        request.verb = KeeperVerb::Listen;
        request.ports.resize(2, request.ports.front());
        QVERIFY(!decodeKeeperRequest(encodeKeeperRequest(request)));
        QVERIFY(!decodeKeeperReply("{\"ok\": true}"));
    }

    void startsWithArguments()
    {
        const KeeperArguments arguments{ "/run/n", "/usr/bin/slirp4netns", { { 0, 1000, 1 }, { 1, 100'000, 65'536 } },
            { { 0, 1000, 1 } }, 42 };
        QVERIFY(*decodeKeeperArguments(encodeKeeperArguments(arguments)) == arguments);
        QVERIFY(!decodeKeeperArguments({ "--folder", "/x" }));
        QVERIFY(!decodeKeeperArguments({ "--folder", "x", "--network-helper", "/y" }));
        for (const char* ids : { "", "0:1", "0:1:2:3", "0:1:x", "-1:1:1", "0:1:" })
            QVERIFY2(!decodeKeeperArguments({ "--folder", "/x", "--network-helper", "/y", "--users", ids }), ids);
    }

private:
    static KeeperRequest sample()
    {
        NetworkDefinition network{ "back", "10.89.0.0/24", "10.89.0.1", "fd00::/64", "fd00::1", true, { { "a", "b" } },
            5 };
        return { "0123", "web", 4711, 99, { { network, { "www", "w2" }, "10.89.0.7", "" } },
            { { "127.0.0.1", 8080, 80 } } };
    }
};

QTEST_GUILESS_MAIN(KeeperMessagesTest)
#include "keeper_messages_test.moc"
