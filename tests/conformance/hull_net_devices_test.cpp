// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <sched.h>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::test;

/// linux.netDevices of runtime-spec 1.3. The host's network is one of the test's own; its devices are pairs that end
/// when their network ends, so that one that is there again was brought back.
class HullNetDevicesTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (::geteuid() != 0)
            return;
        QVERIFY(::unshare(CLONE_NEWNET) == 0);
        ip("link add eth7 type veth peer name peer7");
        ip("link set eth7 mtu 1400 address 02:00:00:00:00:07");
        ip("address add 192.0.2.7/24 broadcast 192.0.2.255 dev eth7");
        ip("address add 198.51.100.7/32 dev eth7 scope link");
        ip("-6 address add 2001:db8::7/64 nodad dev eth7");
        ip("address add 203.0.113.7/24 valid_lft 1000 preferred_lft 1000 dev eth7");
        ip("link set eth7 up");
        ip("link set peer7 up");
    }
    void cleanup() { tearDownClean(); }

    void givesADeviceAway()
    {
        m_bundle->spec.linux_.netDevices = { { "eth7", "eth7" } };
        const auto inside = m_bundle->run(kShow);
        QVERIFY2(inside.exitStatus == 0, said(inside));
        const auto shown = QString::fromStdString(inside.standardOutput);
        QVERIFY2(shown.contains(QLatin1String("eth7")), said(inside));
        QVERIFY2(shown.contains(QLatin1String("mtu 1400")), said(inside));
        QVERIFY2(shown.contains(QLatin1String("02:00:00:00:00:07")), said(inside));
        QVERIFY2(shown.contains(QLatin1String(",UP")), said(inside));
    }

    void keepsPermanentAddressesOfGlobalScope()
    {
        m_bundle->spec.linux_.netDevices = { { "eth7", "wan0" } };
        const auto inside = m_bundle->run(kShow);
        QVERIFY2(inside.exitStatus == 0, said(inside));
        const auto shown = QString::fromStdString(inside.standardOutput);
        QVERIFY2(shown.contains(QLatin1String("192.0.2.7/24 brd 192.0.2.255")), said(inside));
        QVERIFY2(shown.contains(QLatin1String("2001:db8::7/64")), said(inside));
        QVERIFY2(!shown.contains(QLatin1String("198.51.100.7")), said(inside));
        QVERIFY2(!shown.contains(QLatin1String("203.0.113.7")), said(inside));
        QVERIFY2(shown.contains(QLatin1String("wan0")) && !shown.contains(QLatin1String("eth7")), said(inside));
    }

    void numbersByATemplate()
    {
        ip("link add eth8 type veth peer name peer8");
        m_bundle->spec.linux_.netDevices = { { "eth7", "net%d" }, { "eth8", "net%d" } };
        const auto inside = m_bundle->run("ls /sys/class/net");
        QVERIFY2(inside.standardOutput == "lo\nnet0\nnet1\n", said(inside));
    }

    void isThereBeforeParametersAreSetAndHooksRun()
    {
        m_bundle->spec.linux_.netDevices = { { "eth7", "wan0" } };
        m_bundle->spec.linux_.sysctl["net.ipv4.conf.wan0.forwarding"] = "1";
        m_bundle->spec.hooks.createContainer
            = { { "/bin/sh", { "sh", "-c", "grep -c wan0 /proc/self/net/dev >&2" }, { "PATH=/bin:/usr/bin" }, {} } };
        const auto inside = m_bundle->run("cat /proc/sys/net/ipv4/conf/wan0/forwarding");
        QVERIFY2(inside.standardOutput == "1\n" && inside.standardError == "1\n", said(inside));
    }

    void givesToANetworkThatIsJoined()
    {
        ip("netns add " + network());
        m_bundle->spec.linux_.netDevices = { { "eth7", "wan0" } };
        for (auto& entry : m_bundle->spec.linux_.namespaces) {
            if (entry.kind == oci::NamespaceKind::Network)
                entry.path = "/run/netns/" + network();
        }
        const auto inside = m_bundle->run(kShow);
        QVERIFY2(inside.standardOutput.find("192.0.2.7/24") != std::string::npos, said(inside));
        QVERIFY(
            ipOutput("-n " + network() + " address show wan0").contains("192.0.2.7/24")); // it outlives the container
        ip("netns delete " + network());
    }

    void givesIntoAUserNamespace()
    {
        auto& linux_ = m_bundle->spec.linux_;
        linux_.namespaces.push_back({ oci::NamespaceKind::User, {} });
        linux_.uidMappings = linux_.gidMappings = { { 0, 0, 1 } };
        linux_.netDevices = { { "eth7", "wan0" } };
        const auto inside = m_bundle->run(kShow);
        QVERIFY2(inside.standardOutput.find("192.0.2.7/24") != std::string::npos, said(inside));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("device");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* title, const char* device, const char* name, const char* expected) {
            QTest::newRow(title) << QString::fromLatin1(device) << QString::fromLatin1(name)
                                 << QString::fromLatin1(expected);
        };
        row("missing", "eth9", "eth9", "config.json: linux.netDevices.eth9: there is no network device of that name");
        row("taken", "eth7", "lo", "config.json: linux.netDevices.eth7: the container's network has a device named lo");
        row("kept", "lo", "lo1", "config.json: linux.netDevices.lo: the kernel says: Invalid argument");
        row("long", "eth7", "abcdefghijklmnop", "config.json: linux.netDevices.eth7.name: expected");
    }
    void refuses()
    {
        QFETCH(QString, device);
        QFETCH(QString, name);
        QFETCH(QString, expected);
        m_bundle->spec.linux_.netDevices = { { device.toStdString(), name.toStdString() } };
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find(expected.toStdString()) != std::string::npos, said(output));
        QCOMPARE(QByteArray::fromStdString(output.standardError).count('\n'), 1);
        requireHome();
    }

    void refusesTheHostsNetwork_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("shared") << QString();
        QTest::newRow("joined") << QStringLiteral("/proc/self/ns/net");
    }
    void refusesTheHostsNetwork()
    {
        QFETCH(QString, path);
        auto& namespaces = m_bundle->spec.linux_.namespaces;
        namespaces.erase(std::remove_if(namespaces.begin(), namespaces.end(),
                             [](const auto& entry) { return entry.kind == oci::NamespaceKind::Network; }),
            namespaces.end());
        if (!path.isEmpty())
            namespaces.push_back({ oci::NamespaceKind::Network, path.toStdString() });
        m_bundle->spec.linux_.netDevices = { { "eth7", "eth7" } };
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("config.json: linux.netDevices: the container has the host's network")
                != std::string::npos,
            said(output));
        requireHome();
    }

    void bringsItBackWhenTheStartFails_data()
    {
        QTest::addColumn<QString>("step");
        for (const char* step :
            { "another device", "mount", "createRuntime", "startContainer", "poststart", "program", "pid file" })
            QTest::newRow(step) << QString::fromLatin1(step);
    }
    void bringsItBackWhenTheStartFails()
    {
        QFETCH(QString, step);
        prepare(step);
        std::vector<std::string> words{ "run", "--bundle", m_bundle->path() };
        if (step == QLatin1String("pid file"))
            words.insert(words.end(), { "--pid-file", "/no/such/folder/pid" });
        m_bundle->write();
        words.push_back(m_bundle->nextId());
        const auto output = m_bundle->hull(words);
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(QByteArray::fromStdString(output.standardError).count('\n') == 1, said(output));
        requireHome();
    }

    void bringsItBackWhenAStartOfWhatWasCreatedFails_data()
    {
        QTest::addColumn<QString>("step");
        for (const char* step : { "startContainer", "poststart" })
            QTest::newRow(step) << QString::fromLatin1(step);
    }
    void bringsItBackWhenAStartOfWhatWasCreatedFails()
    {
        QFETCH(QString, step);
        prepare(step);
        const auto created = m_bundle->create("web");
        QVERIFY2(created.exitStatus == 0, said(created));
        QVERIFY(!ipOutput("link").contains("eth7"));
        const auto started = m_bundle->hull({ "start", "web" });
        QVERIFY2(started.exitStatus == 1, said(started));
        requireHome();
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("stopped"));
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
    }

private:
    static constexpr const char* kShow = "busybox ip address show";

    void prepare(const QString& step)
    {
        auto& spec = m_bundle->spec;
        spec.linux_.netDevices = { { "eth7", "wan0" } };
        m_bundle->setScript("sleep 100");
        const std::vector<oci::Hook> failing{ { "/bin/false", {}, {}, {} } };
        if (step == QLatin1String("another device")) { // given after eth7, and refused by name
            ip("link add eth8 type veth peer name peer8");
            spec.linux_.netDevices["eth8"] = "lo";
        } else if (step == QLatin1String("mount"))
            spec.mounts.push_back({ "/data", "bind", "/no/such/folder", { "bind" }, {}, {} });
        else if (step == QLatin1String("createRuntime"))
            spec.hooks.createRuntime = failing;
        else if (step == QLatin1String("startContainer"))
            spec.hooks.startContainer = { { "/bin/sh", { "sh", "-c", "exit 3" }, { "PATH=/bin" }, {} } };
        else if (step == QLatin1String("poststart"))
            spec.hooks.poststart = failing;
        else if (step == QLatin1String("program"))
            spec.process->args = { "/bin/nothing" };
    }

    /// As it was before.
    void requireHome()
    {
        const QByteArray shown = ipOutput("address show eth7");
        QVERIFY2(shown.contains("192.0.2.7/24 brd 192.0.2.255") && shown.contains("2001:db8::7/64"), shown);
        QVERIFY2(shown.contains(",UP"), shown);
    }

    static std::string network() { return "hulltest" + std::to_string(::getpid()); }

    static QByteArray ipOutput(const std::string& words)
    {
        Command command{ { "ip" }, {}, {} };
        for (const QString& word : QString::fromStdString(words).split(QLatin1Char(' ')))
            command.arguments.push_back(word.toStdString());
        auto output = runCommand(command, std::chrono::seconds(20));
        return output ? QByteArray::fromStdString(output->standardOutput + output->standardError) : QByteArray("?");
    }
    static void ip(const std::string& words)
    {
        const QByteArray output = ipOutput(words);
        QVERIFY2(output.isEmpty(), ("ip " + words + ": ").c_str() + output);
    }
};

QTEST_GUILESS_MAIN(HullNetDevicesTest)
#include "hull_net_devices_test.moc"
