// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/guest_ssh.h"

#include <QTest>

using namespace twinhull;

namespace {

const QString kHere = QStringLiteral("qemu:///session");
const QString kLab = QStringLiteral("qemu+ssh://me@lab.example:2200/system");

WorkloadInfo runningMachine(std::vector<PublishedPort> ports = {})
{
    WorkloadInfo machine;
    machine.id = { WorkloadKind::Vm, QStringLiteral("1") };
    machine.state = WorkloadState::Running;
    machine.ports = std::move(ports);
    return machine;
}

PublishedPort portOfSsh(const char* address, std::uint16_t port)
{
    return { QString::fromLatin1(address), port, 22, PortProtocol::Tcp };
}

GuestFacts factsWith(const std::vector<std::pair<const char*, GuestAddress::Way>>& addresses)
{
    GuestFacts facts;
    facts.agent = GuestFacts::Agent::Answers;
    for (const auto& [address, way] : addresses)
        facts.addresses.push_back({ QString::fromLatin1(address), 24, {}, {}, GuestAddress::Source::Agent, way });
    return facts;
}

/// As a person would type it; the sentence where there is none.
QString lineFor(const WorkloadInfo& machine, const GuestFacts& facts, const QString& uri, const SshWish& wish = {})
{
    const auto place = sshPlaceOf(machine, facts, uri);
    if (!place)
        return QString::fromStdString(place.error().toLine());
    const auto words = sshCommand(*place, wish);
    return words ? words->join(u' ') : QString::fromStdString(words.error().toLine());
}

} // namespace

class GuestSshTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesAnAddressOfACardFirst()
    {
        const auto facts = factsWith({ { "fd00::7", GuestAddress::Way::Card },
            { "172.17.0.1", GuestAddress::Way::Inside }, { "192.168.122.7", GuestAddress::Way::Card } });
        const auto machine = runningMachine({ portOfSsh("127.0.0.1", 2222) });
        QCOMPARE(lineFor(machine, facts, kHere), QStringLiteral("ssh -- 192.168.122.7"));
        QCOMPARE(lineFor(machine, factsWith({ { "172.17.0.1", GuestAddress::Way::Inside } }), kHere),
            QStringLiteral("ssh -p 2222 -- 127.0.0.1"));
        QCOMPARE(lineFor(runningMachine(), factsWith({ { "10.8.0.2", GuestAddress::Way::Inside } }), kHere),
            QStringLiteral("ssh -- 10.8.0.2"));
        QCOMPARE(
            lineFor(runningMachine(),
                factsWith({ { "fe80::1", GuestAddress::Way::Card }, { "fd00::7", GuestAddress::Way::Card } }), kHere),
            QStringLiteral("ssh -- fd00::7"));
    }

    void takesThePublishedPortOfAUserNetwork()
    {
        const auto facts = factsWith({ { "10.0.2.15", GuestAddress::Way::UserNetwork } });
        QCOMPARE(lineFor(runningMachine({ portOfSsh("0.0.0.0", 2222) }), facts, kHere),
            QStringLiteral("ssh -p 2222 -- 127.0.0.1"));
        QCOMPARE(
            lineFor(runningMachine({ portOfSsh("::", 2222) }), facts, kHere), QStringLiteral("ssh -p 2222 -- ::1"));
        const PublishedPort web{ QStringLiteral("127.0.0.1"), 8080, 80, PortProtocol::Tcp };
        const PublishedPort udp{ QStringLiteral("127.0.0.1"), 2222, 22, PortProtocol::Udp };
        const QString none = lineFor(runningMachine({ web, udp }), facts, kHere);
        QVERIFY2(none.startsWith(u"needs an address: ") && none.contains(u"--publish 2222:22"), qPrintable(none));
    }

    void jumpsThroughTheHostToWhatOnlyThatReaches()
    {
        const auto machine = runningMachine({ portOfSsh("127.0.0.1", 2222) });
        QCOMPARE(lineFor(machine, factsWith({ { "192.168.122.7", GuestAddress::Way::Card } }), kLab),
            QStringLiteral("ssh -J me@lab.example:2200 -- 192.168.122.7"));
        QCOMPARE(lineFor(machine, {}, kLab), QStringLiteral("ssh -J me@lab.example:2200 -p 2222 -- 127.0.0.1"));
        QCOMPARE(lineFor(machine, factsWith({ { "203.0.113.9", GuestAddress::Way::Card } }), kLab),
            QStringLiteral("ssh -- 203.0.113.9"));
        QCOMPARE(lineFor(machine, {}, QStringLiteral("qemu+ssh://[fd00::1]/system")),
            QStringLiteral("ssh -J [fd00::1] -p 2222 -- 127.0.0.1"));
        const QString tls = lineFor(machine, {}, QStringLiteral("qemu+tls://lab.example/system"));
        QVERIFY2(tls.startsWith(u"needs an address: ") && tls.contains(u"qemu+ssh"), qPrintable(tls));
    }

    void saysWhatIsMissing()
    {
        auto machine = runningMachine({ portOfSsh("127.0.0.1", 2222) });
        machine.state = WorkloadState::Stopped;
        QVERIFY(lineFor(machine, {}, kHere).startsWith(u"needs an address: it does not run"));
        GuestFacts silent;
        silent.agent = GuestFacts::Agent::Silent;
        const QString told = lineFor(runningMachine(), silent, kHere);
        QVERIFY2(told.startsWith(u"needs an address: ") && told.contains(u"qemu-guest-agent"), qPrintable(told));
    }

    void addsWhatAPersonWishes()
    {
        const auto facts = factsWith({ { "192.168.122.7", GuestAddress::Way::Card } });
        QCOMPARE(lineFor(runningMachine(), facts, kHere,
                     { QStringLiteral("root"), std::uint16_t(2022), { QStringLiteral("ls"), QStringLiteral("-l") } }),
            QStringLiteral("ssh -p 2022 -- root@192.168.122.7 ls -l"));
        const QString both
            = lineFor(runningMachine({ portOfSsh("127.0.0.1", 2222) }), {}, kHere, { {}, std::uint16_t(2022), {} });
        QVERIFY2(both.contains(u"published port 2222"), qPrintable(both));
    }

    /// Of a guest that says what it likes, and of who types a user's name or an address of libvirt's.
    void letsNothingBecomeAnOption_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("uri");
        const auto row = [](const char* name, const char* address, const char* user, const QString& uri) {
            QTest::newRow(name) << QString::fromLatin1(address) << QString::fromLatin1(user) << uri;
        };
        row("an option as address", "-oProxyCommand=id", "", kHere);
        row("a name as address", "evil.example", "", kHere);
        row("this computer", "127.8.8.8", "", kHere);
        row("this computer, unspecified", "0.0.0.0", "", kHere);
        row("this computer, mapped", "::ffff:127.0.0.1", "", kHere);
        row("everybody", "255.255.255.255", "", kHere);
        row("an option as user", "192.168.122.7", "-oProxyCommand=id", kHere);
        row("a shell's word as user", "192.168.122.7", "a`id`", kHere);
        row("a second word as user", "192.168.122.7", "a b", kHere);
        row("a second jump", "192.168.122.7", "", QStringLiteral("qemu+ssh://a,b@lab/system"));
        row("an option as host", "192.168.122.7", "", QStringLiteral("qemu+ssh://-oProxyCommand/system"));
    }

    void letsNothingBecomeAnOption()
    {
        QFETCH(QString, address);
        QFETCH(QString, user);
        QFETCH(QString, uri);
        const auto facts = factsWith({ { address.toLatin1().constData(), GuestAddress::Way::Card } });
        const QString line = lineFor(runningMachine(), facts, uri, { user, {}, {} });
        QVERIFY2(!line.startsWith(u"ssh "), qPrintable(line));
    }

    void knowsUsersOfDomains()
    {
        for (const char* user : { "root", "j.doe", "me@corp.example", "CORP\\me", "jürgen" })
            QVERIFY2(checkSshUser(QString::fromUtf8(user)), user);
    }
};

QTEST_GUILESS_MAIN(GuestSshTest)

#include "guest_ssh_test.moc"
