// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_bundle.h"
#include "tests/support/ordinary_bundle.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// What an ordinary user may lack, really lacking in the lab's guest: the error names the piece, and the command in it,
/// run as it stands there, brings it.
class MissingPiecesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(::geteuid() == 0 && readFile("/sys/fs/cgroup/cgroup.controllers"), "for root in the lab's guest");
    }
    void cleanup()
    {
        for (; !m_undo.empty(); m_undo.pop_back())
            QVERIFY2(shell(m_undo.back()), m_undo.back().c_str());
        if (m_bundle)
            QVERIFY(m_bundle->isClean());
        m_bundle.reset();
        const std::string units
            = " user@" + std::to_string(m_uid) + ".service user-runtime-dir@" + std::to_string(m_uid);
        if (m_user) // the next user has the same number
            QVERIFY(shell("loginctl disable-linger " + m_user->name() + "; systemctl stop" + units));
        m_user.reset();
    }

    void runsWithOneIdWhereThereIsNoRange()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        QVERIFY(runsAsSpecified());
        QCOMPARE(m_bundle->spec.linux_.uidMappings.size(), std::size_t{ 1 });
    }

    void namesTheRange()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        mapRange(700'000);
        const auto output = run();
        const std::string command = commandIn(output, "sudo usermod .*$");
        QVERIFY2(!command.empty(), said(output));
        QVERIFY2(shell(command), command.c_str());
        QVERIFY(runsAsSpecified());
        QCOMPARE(m_bundle->spec.linux_.uidMappings.size(), std::size_t{ 2 });
    }

    void namesTheMapper_data()
    {
        QTest::addColumn<QString>("take");
        QTest::addColumn<QString>("giveBack");
        QTest::addColumn<QString>("step");
        QTest::newRow("not installed") << QStringLiteral("mv /usr/bin/newuidmap /usr/bin/newuidmap.away")
                                       << QStringLiteral("mv /usr/bin/newuidmap.away /usr/bin/newuidmap")
                                       << QStringLiteral(
                                              "newuidmap is not installed. Install it: sudo apt install uidmap");
        QTest::newRow("without rights") << QStringLiteral("chmod u-s /usr/bin/newgidmap")
                                        << QStringLiteral("chmod u+s /usr/bin/newgidmap")
                                        << QStringLiteral("sudo chmod u+s /usr/bin/newgidmap");
    }
    void namesTheMapper()
    {
        QFETCH(QString, take);
        QFETCH(QString, giveBack);
        QFETCH(QString, step);
        begin(OrdinaryUser::SubordinateIds::Yes);
        mapRange(700'000);
        QVERIFY(shell(take.toStdString()));
        m_undo.push_back(giveBack.toStdString());
        const auto output = run();
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(QString::fromStdString(output.standardError).contains(step), said(output));
        QVERIFY(shell(giveBack.toStdString()));
        m_undo.pop_back();
        QCOMPARE(run().exitStatus, 0);
    }

    void saysThatRightsCannotBeGained()
    {
        begin(OrdinaryUser::SubordinateIds::Yes);
        mapRange(700'000);
        m_bundle->prefix.insert(m_bundle->prefix.begin() + 1, "--no-new-privs");
        const auto output = run();
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("no_new_privs") != std::string::npos, said(output));
    }

    void namesTheSettingThatForbidsUserNamespaces_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("value");
        QTest::newRow("none at all") << QStringLiteral("user.max_user_namespaces") << QStringLiteral("0");
        QTest::newRow("none for users") << QStringLiteral("kernel.unprivileged_userns_clone") << QStringLiteral("0");
        QTest::newRow("another kind") << QStringLiteral("user.max_net_namespaces") << QStringLiteral("0");
    }
    void namesTheSettingThatForbidsUserNamespaces()
    {
        QFETCH(QString, setting);
        QFETCH(QString, value);
        begin(OrdinaryUser::SubordinateIds::No);
        const std::string name = setting.toStdString();
        const std::string file = "/proc/sys/" + QString(setting).replace(u'.', u'/').toStdString();
        const std::string before = *readFile(file);
        m_undo.push_back("echo " + before.substr(0, before.size() - 1) + " > " + file);
        QVERIFY(shell("echo " + value.toStdString() + " > " + file));
        const auto output = run();
        QCOMPARE(output.exitStatus, 1);
        const std::string command = commandIn(output, "sudo sysctl " + name + "=\\d+");
        QVERIFY2(!command.empty(), said(output));
        QVERIFY2(shell(command), command.c_str());
        QCOMPARE(run().exitStatus, 0);
    }

    void namesTheUserManagerThatDoesNotRun()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        useRuntimeFolder();
        m_bundle->spec.linux_.resources.pidsLimit = 20;
        for (const char* manager : { "cgroupfs", "systemd" }) {
            m_bundle->globals = { "--cgroup-manager", manager };
            const auto output = run();
            QCOMPARE(output.exitStatus, 1);
            QVERIFY2(output.standardError.find("is not delegated to this user, and this user's systemd does not run")
                    != std::string::npos,
                said(output));
            QVERIFY2(!commandIn(output, "sudo loginctl enable-linger \\w+").empty(), said(output));
        }
        QVERIFY(shell(commandIn(run(), "sudo loginctl enable-linger \\w+")));
        QTRY_VERIFY_WITH_TIMEOUT(exists(runtimeFolder() + "/bus"), 60'000);
        QCOMPARE(run().exitStatus, 0); // with systemd, which is there now
    }

    void goesOnWithoutAUserManagerWhereNothingIsLimited()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        useRuntimeFolder();
        m_bundle->globals = { "--cgroup-manager", "systemd" };
        const auto output = run();
        QVERIFY2(output.exitStatus == 0, said(output));
        QVERIFY2(output.standardError.find("this user's systemd does not run: hull makes the cgroup itself")
                != std::string::npos,
            said(output));
    }

    void namesTheVariableThatIsNotSet()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        startUserManager();
        m_bundle->spec.linux_.resources.pidsLimit = 20;
        m_bundle->globals = { "--cgroup-manager", "systemd" };
        const auto output = run();
        QCOMPARE(output.exitStatus, 1);
        const std::string command = commandIn(output, "export XDG_RUNTIME_DIR=/run/user/\\d+");
        QVERIFY2(!command.empty(), said(output));
        m_bundle->prefix.push_back(command.substr(command.find(' ') + 1));
        QCOMPARE(run().exitStatus, 0);
    }

    void namesTheBusThatDoesNotRun_data()
    {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("command");
        QTest::newRow("not installed") << QStringLiteral("rm $XDG_RUNTIME_DIR/bus")
                                       << QStringLiteral("systemctl --user start dbus.socket");
        QTest::newRow("stopped") << QStringLiteral("true") << QStringLiteral("systemctl --user restart dbus.socket");
    }
    void namesTheBusThatDoesNotRun()
    {
        QFETCH(QString, state);
        QFETCH(QString, command);
        begin(OrdinaryUser::SubordinateIds::No);
        startUserManager();
        useRuntimeFolder();
        QVERIFY(asUser("systemctl --user stop dbus.socket dbus.service && " + state.toStdString()));
        m_bundle->spec.linux_.resources.pidsLimit = 20;
        m_bundle->globals = { "--cgroup-manager", "systemd" };
        const auto output = run();
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find(command.toStdString()) != std::string::npos, said(output));
        QVERIFY(asUser(command.toStdString()));
        QCOMPARE(run().exitStatus, 0);
    }

    // and what is delegated then limits
    void namesTheDropInThatDelegates()
    {
        begin(OrdinaryUser::SubordinateIds::No);
        startUserManager();
        useRuntimeFolder();
        m_bundle->globals = { "--cgroup-manager", "systemd" };
        auto& resources = m_bundle->spec.linux_.resources;
        resources.cpus = "1";
        const auto numbers = QString::fromStdString(*readFile("/sys/block/nvme0n1/dev")).trimmed();
        resources.readsPerSecond = { { numbers.section(u':', 0, 0).toInt(), numbers.section(u':', 1).toInt(), 50 } };
        m_bundle->setScript("grep Cpus_allowed_list /proc/self/status; cat /sys/fs/cgroup/io.max");
        const auto output = runAsIs();
        QCOMPARE(output.exitStatus, 1);
        const std::string command = commandIn(output, "printf .*daemon-reload");
        QVERIFY2(!command.empty(), said(output));
        m_undo.emplace_back("rm -r /etc/systemd/system/user@.service.d/delegate.conf && systemctl daemon-reload");
        QVERIFY2(shell(command), command.c_str());
        QVERIFY(shell("systemctl restart user@" + std::to_string(m_uid) + ".service")); // "log in again"
        const auto limited = runAsIs();
        const std::string expected
            = "Cpus_allowed_list:\t1\n" + numbers.toStdString() + " rbps=max wbps=max riops=50 wiops=max\n";
        QVERIFY2(limited.standardOutput == expected, said(limited));
    }

private:
    void begin(OrdinaryUser::SubordinateIds ids)
    {
        m_user = std::make_unique<OrdinaryUser>(ids);
        QVERIFY(m_user->isMade);
        struct stat info { };
        QCOMPARE(::stat(m_user->home().c_str(), &info), 0);
        m_uid = info.st_uid;
        m_bundle = std::make_unique<HullBundle>(m_user->home() + "/bundle");
        QVERIFY(giveToUser(*m_bundle, *m_user));
        std::erase_if(m_bundle->prefix, [](const std::string& word) { return word.rfind("XDG_RUNTIME_DIR=", 0) == 0; });
    }
    void mapRange(std::uint32_t first)
    {
        m_bundle->spec.linux_.uidMappings.push_back({ 1, first, 65'536 });
        m_bundle->spec.linux_.gidMappings.push_back({ 1, first, 65'536 });
    }
    CommandOutput run()
    {
        m_bundle->setScript("true");
        return runAsIs();
    }
    CommandOutput runAsIs() { return m_bundle->runAsIs(); }
    CommandOutput hull(const std::vector<std::string>& words) const { return m_bundle->hull(words); }

    /// With the config.json that hull writes for this user.
    bool runsAsSpecified()
    {
        const std::string config = m_bundle->path("/config.json");
        m_bundle->write();
        (void)::unlink(config.c_str());
        const auto written = hull({ "spec", "--rootless", "--bundle", m_bundle->path() });
        auto text = readFile(config);
        auto spec = text ? oci::decodeRuntimeSpec(*text) : std::move(text).error();
        if (written.exitStatus != 0 || !spec)
            return false;
        m_bundle->spec = *std::move(spec);
        m_bundle->spec.process->terminal = false;
        return run().exitStatus == 0;
    }

    std::string runtimeFolder() const { return "/run/user/" + std::to_string(m_uid); }
    void useRuntimeFolder() { m_bundle->prefix.push_back("XDG_RUNTIME_DIR=" + runtimeFolder()); }
    void startUserManager()
    {
        QVERIFY(shell("loginctl enable-linger " + m_user->name()));
        QTRY_VERIFY_WITH_TIMEOUT(exists(runtimeFolder() + "/bus"), 60'000);
    }

    /// As a person would type it who is root already.
    static bool shell(const std::string& line)
    {
        return static_cast<bool>(
            runChecked({ { "/bin/sh", "-c", "sudo() { \"$@\"; }; " + line }, {}, "/" }, std::chrono::seconds(120)));
    }
    bool asUser(const std::string& line) const
    {
        auto words = m_user->prefix();
        words.insert(words.end(), { "XDG_RUNTIME_DIR=" + runtimeFolder(), "/bin/sh", "-c", line });
        return static_cast<bool>(runChecked({ words, {}, "/" }, std::chrono::seconds(120)));
    }
    static std::string commandIn(const CommandOutput& output, const std::string& pattern)
    {
        const QRegularExpression expression(QString::fromStdString(pattern), QRegularExpression::MultilineOption);
        return expression.match(QString::fromStdString(output.standardError)).captured().toStdString();
    }

    std::unique_ptr<OrdinaryUser> m_user;
    std::unique_ptr<HullBundle> m_bundle;
    uid_t m_uid = 0;
    std::vector<std::string> m_undo;
};

QTEST_GUILESS_MAIN(MissingPiecesTest)
#include "missing_pieces_test.moc"
