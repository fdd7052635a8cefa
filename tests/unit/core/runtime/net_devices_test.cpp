// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/net_devices.h"

#include "core/base/subprocess.h"
#include "tests/support/child_report.h"

#include <QTest>

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

using namespace twinhull;
using namespace twinhull::runtime;
using twinhull::test::inChild;

namespace {

/// A network of this process's own with the pair eth7, peer7.
bool enterNetwork()
{
    return ::unshare(CLONE_NEWNET) == 0
        && runChecked({ { "ip", "link", "add", "eth7", "type", "veth", "peer", "name", "peer7" }, {}, {} },
            std::chrono::seconds(20))
        && runChecked({ { "ip", "address", "add", "192.0.2.7/24", "dev", "eth7" }, {}, {} }, std::chrono::seconds(20));
}

/// A process that waits in another network.
class Inhabitant {
public:
    Inhabitant()
    {
        int ends[2];
        if (::pipe(ends) != 0)
            return;
        m_pid = ::fork();
        if (m_pid == 0) {
            const char is = ::unshare(CLONE_NEWNET) == 0 ? 'y' : 'n';
            (void)!::write(ends[1], &is, 1); // a test that then fails
            ::pause();
            ::_exit(0);
        }
        char is = 0;
        m_isReady = ::read(ends[0], &is, 1) == 1 && is == 'y';
        ::close(ends[0]);
        ::close(ends[1]);
    }
    ~Inhabitant() { end(); }
    Inhabitant(const Inhabitant&) = delete;
    Inhabitant& operator=(const Inhabitant&) = delete;

    bool isReady() const { return m_isReady; }
    pid_t pid() const { return m_pid; }
    void end()
    {
        if (m_pid <= 0)
            return;
        (void)::kill(m_pid, SIGKILL);
        (void)::waitpid(m_pid, nullptr, 0);
        m_pid = -1;
    }

private:
    pid_t m_pid = -1;
    bool m_isReady = false;
};

std::string shown(const Result<std::optional<RouteLink>>& link)
{
    if (!link)
        return link.error().message;
    return *link ? (*link)->name + " " + std::to_string((*link)->index) : "none";
}

} // namespace

/// Network devices by rtnetlink(7), in networks of the test's own.
class NetDevicesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesMessagesAsTheKernelReadsThem()
    {
        RouteMessage message(RTM_GETLINK, NLM_F_ACK);
        message.with(ifinfomsg{}).with(IFLA_IFNAME, std::string("eth0"));
        const auto& bytes = message.bytes();
        nlmsghdr header{};
        std::memcpy(&header, bytes.data(), sizeof header);
        QCOMPARE(header.nlmsg_type, std::uint16_t{ RTM_GETLINK });
        QCOMPARE(header.nlmsg_flags, std::uint16_t{ NLM_F_REQUEST | NLM_F_ACK });
        QCOMPARE(bytes.size(), NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(ifinfomsg)) + RTA_SPACE(sizeof "eth0"));
        QCOMPARE(std::size_t{ header.nlmsg_len }, bytes.size());
        rtattr attribute{};
        std::memcpy(&attribute, bytes.data() + NLMSG_HDRLEN + sizeof(ifinfomsg), sizeof attribute);
        QCOMPARE(attribute.rta_len, std::uint16_t{ sizeof attribute + sizeof "eth0" });
        QCOMPARE(attribute.rta_type, std::uint16_t{ IFLA_IFNAME });
    }

    void findsDevices()
    {
        QCOMPARE(inNetwork([] {
            auto socket = RouteSocket::open();
            const auto highest = socket->highestIndex();
            return shown(socket->linkNamed("lo")) + ", " + shown(socket->linkAt(1)) + ", "
                + shown(socket->linkNamed("eth9")) + ", " + shown(socket->linkAt(9)) + ", "
                + std::to_string(highest ? *highest : -1);
        }),
            std::string("lo 1, lo 1, none, none, 3"));
    }

    void givesAndTakesBack()
    {
        QCOMPARE(inNetwork([] {
            Inhabitant inhabitant;
            auto host = RouteSocket::open();
            GivenNetDevices given;
            auto done = given.give(kernelSyscalls(), { { "eth7", "wan%d" } }, inhabitant.pid());
            if (!done)
                return done.error().message;
            std::string text = shown(host->linkNamed("eth7"));
            inhabitant.end(); // what holds the network now is `given` alone
            done = given.takeBack();
            if (!done)
                return done.error().message;
            const auto link = host->linkNamed("eth7");
            const auto addresses = host->permanentAddresses((*link)->index);
            return text + ", " + shown(link) + ", " + std::to_string(addresses->size()) + ", "
                + ((*link)->flags & IFF_UP ? "up" : "down");
        }),
            std::string("none, eth7 3, 1, down"));
    }

    void takesBackWhatAnEarlierOneGave()
    {
        QCOMPARE(inNetwork([] {
            Inhabitant inhabitant;
            std::vector<oci::GivenDevice> noted;
            {
                GivenNetDevices given;
                if (auto done = given.give(kernelSyscalls(), { { "eth7", "eth7" } }, inhabitant.pid()); !done)
                    return done.error().message;
                noted = given.devices();
            }
            GivenNetDevices again;
            auto done = again.resume(kernelSyscalls(), noted, inhabitant.pid());
            inhabitant.end();
            done = done ? again.takeBack() : std::move(done);
            return done ? shown(RouteSocket::open()->linkNamed("eth7")) : done.error().message;
        }),
            std::string("eth7 3"));
    }

    void takesBackADeviceWhoseNumberIsTaken()
    {
        QCOMPARE(inNetwork([] {
            Inhabitant inhabitant;
            GivenNetDevices given;
            auto done = given.give(kernelSyscalls(), { { "eth7", "eth7" } }, inhabitant.pid());
            if (!done)
                return done.error().message;
            (void)runChecked(
                { { "ip", "link", "add", "other", "index", "3", "type", "bridge" }, {}, {} }, std::chrono::seconds(20));
            done = given.takeBack();
            return done ? shown(RouteSocket::open()->linkNamed("other")) + ", "
                    + (shown(RouteSocket::open()->linkNamed("eth7")).rfind("eth7 ", 0) == 0 ? "back" : "lost")
                        : done.error().message;
        }),
            std::string("other 3, back"));
    }

    void saysWhatIsWrongBeforeAnythingIsMade()
    {
        QCOMPARE(inNetwork([] {
            const auto plan
                = planNamespaces({ { oci::NamespaceKind::Mount, {} }, { oci::NamespaceKind::Network, {} } });
            auto checked = checkNetDevices({ { "eth7", "eth0" }, { "eth9", "eth9" } }, *plan);
            return checked ? std::string("fine") : checked.error().message;
        }),
            std::string("config.json: linux.netDevices.eth9: there is no network device of that name"));
    }

    void leavesItToRoot()
    {
        QCOMPARE(inNetwork([] {
            const auto plan
                = planNamespaces({ { oci::NamespaceKind::Mount, {} }, { oci::NamespaceKind::Network, {} } });
            if (::setresuid(65534, 65534, 65534) != 0)
                return std::string("no other user");
            auto checked = checkNetDevices({ { "eth7", "eth7" } }, *plan);
            return checked ? std::string("fine") : checked.error().toLine();
        }),
            std::string("config.json: linux.netDevices.eth7: the kernel says: Operation not permitted. Only root may "
                        "give devices of this computer's network away"));
    }

private:
    template <typename Work>
    static std::string inNetwork(Work work)
    {
        if (::geteuid() != 0)
            return "needs root: a network of its own";
        return inChild([&] { return enterNetwork() ? work() : std::string("no network of its own"); });
    }
};

QTEST_GUILESS_MAIN(NetDevicesTest)
#include "net_devices_test.moc"
