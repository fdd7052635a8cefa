// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/dns_message.h"

#include <QTest>

using namespace twinhull;
using namespace std::string_literals;

namespace {

const std::string kHeader = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"s;

std::string query(const std::string& name, const std::string& type = "\x00\x01"s)
{
    return kHeader + name + type + "\x00\x01"s;
}

} // namespace

class DnsMessageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAQuery()
    {
        const auto packet = query("\x03Web\x07"s + "example\x00"s) + "behind it"s;
        const auto read = parseDnsQuery(packet);
        QVERIFY(read);
        QCOMPARE(read->id, std::uint16_t(0x1234));
        QCOMPARE(read->name, "web.example"s);
        QCOMPARE(read->type, kDnsTypeA);
        QCOMPARE(read->questionEnd, packet.size() - 9);
    }

    void dropsWhatIsNone_data()
    {
        QTest::addColumn<QByteArray>("packet");
        const auto row = [](const char* name, const std::string& packet) {
            QTest::newRow(name) << QByteArray(packet.data(), static_cast<qsizetype>(packet.size()));
        };
        const std::string good = query("\x03web\x00"s);
        row("empty", "");
        row("a header alone", kHeader);
        row("cut off", good.substr(0, good.size() - 1));
        row("a name without end", kHeader + "\x03web"s);
        row("a label that is too long", query("\x40"s + std::string(64, 'a') + "\x00"s));
        row("a label beyond the packet", kHeader + "\x3f"s + "a"s);
        row("a pointer", query("\xc0\x0c"s));
        row("a dot in a label", query("\x03w.b\x00"s));
        std::string longName;
        for (int i = 0; i < 30; ++i)
            longName += "\x09"s + std::string(9, 'a');
        row("a name that is too long", query(longName + "\x00"s));
        auto changed = good;
        changed[2] = '\x81';
        row("an answer", changed);
        changed = good;
        changed[2] = '\x29';
        row("another operation", changed);
        changed = good;
        changed[5] = '\x02';
        row("two questions", changed);
        changed = good;
        changed.back() = '\x03';
        row("another class", changed);
        row("too large", good + std::string(2000, 'x'));
    }
    void dropsWhatIsNone()
    {
        QFETCH(QByteArray, packet);
        QVERIFY(!parseDnsQuery({ packet.constData(), static_cast<std::size_t>(packet.size()) }));
    }

    void readsNamesUpToTheLongest()
    {
        const auto label
            = [](std::size_t bytes) { return std::string(1, static_cast<char>(bytes)) + std::string(bytes, 'a'); };
        const std::string three = label(63) + label(63) + label(63);
        const auto longest = parseDnsQuery(query(three + label(61) + "\x00"s));
        QVERIFY(longest && longest->name.size() == 253); // RFC 1035, 2.3.4, without its first length and last dot
        QVERIFY(!parseDnsQuery(query(three + label(62) + "\x00"s)));
    }

    void answersWithAddressesOfTheKind()
    {
        const auto packet = query("\x02"s + "db\x00"s);
        const auto read = parseDnsQuery(packet);
        const std::vector<IpAddress> addresses{ *IpAddress::parse("10.89.0.2"), *IpAddress::parse("fd00::2") };
        const auto reply = dnsAnswer(packet, *read, addresses, DnsCode::Fine);
        QCOMPARE(reply.substr(0, 12), "\x12\x34\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00"s);
        QCOMPARE(reply.substr(12, packet.size() - 12), packet.substr(12));
        QCOMPARE(reply.substr(packet.size()), "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x59\x00\x02"s);
        const auto v6 = query("\x02"s + "db\x00"s, "\x00\x1c"s);
        QCOMPARE(dnsAnswer(v6, *parseDnsQuery(v6), addresses, DnsCode::Fine).size(), v6.size() + 28);
        const auto mail = query("\x02"s + "db\x00"s, "\x00\x0f"s); // it is there, and has none of these
        QCOMPARE(
            dnsAnswer(mail, *parseDnsQuery(mail), addresses, DnsCode::Fine).substr(2, 6), "\x85\x80\x00\x01\x00\x00"s);
        QCOMPARE(dnsAnswer(packet, *read, {}, DnsCode::NoSuchName)[3] & 0x0f, 3);
    }

    /// Whichever family is asked for, each address is the first in its turn.
    void beginsWithAnotherAddressEachTurn()
    {
        const auto address = [](const char* text) { return *IpAddress::parse(text); };
        const std::vector<IpAddress> all{ address("10.89.0.2"), address("fd00::2"), address("10.89.0.3"),
            address("fd00::3") };
        const auto told = [&all](std::uint16_t type, std::size_t turn) {
            std::string texts;
            for (const auto& each : dnsAddresses(type, all, turn))
                texts += each.text() + " ";
            return texts;
        };
        QCOMPARE(told(kDnsTypeA, 4), "10.89.0.2 10.89.0.3 "s);
        QCOMPARE(told(kDnsTypeAaaa, 5), "fd00::3 fd00::2 "s);
        QCOMPARE(told(kDnsTypeA, 4'000'000'001), "10.89.0.3 10.89.0.2 "s);
        QCOMPARE(told(kDnsTypeAaaa, 0), "fd00::2 fd00::3 "s);
        QCOMPARE(told(15, 1), ""s);
        QVERIFY(dnsAddresses(kDnsTypeA, {}, 1).empty());
    }

    /// A service may have a hundred containers.
    void tellsAsManyAddressesAsFit()
    {
        const auto packet = query("\x02"s + "db\x00"s);
        std::vector<IpAddress> addresses;
        for (int i = 2; i < 102; ++i)
            addresses.push_back(*IpAddress::parse("10.89.0." + std::to_string(i)));
        const auto reply = dnsAnswer(packet, *parseDnsQuery(packet), addresses, DnsCode::Fine);
        const std::size_t count = (512 - packet.size()) / 16;
        QCOMPARE(static_cast<std::size_t>(static_cast<unsigned char>(reply[7])), count);
        QCOMPARE(reply.size(), packet.size() + count * 16);
    }
};

QTEST_GUILESS_MAIN(DnsMessageTest)
#include "dns_message_test.moc"
