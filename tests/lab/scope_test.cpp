// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_record.h"
#include "tests/support/hull_bundle.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// Containers in a scope of systemd's: the system's for root, the user's own for an ordinary user. The lab runs it as
/// both.
class ScopeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<TemporaryWorld>();
        m_bundle = std::make_unique<HullBundle>(m_world->path().toStdString() + "/bundle");
        if (::geteuid() == 0)
            return;
        // the test's own runtime folder is private: this user's systemd is in the real one
        m_bundle->prefix = { "env", "XDG_RUNTIME_DIR=/run/user/" + std::to_string(::getuid()) };
        auto& linux_ = m_bundle->spec.linux_;
        linux_.namespaces.insert(linux_.namespaces.begin(), { oci::NamespaceKind::User, {} });
        linux_.uidMappings = { { 0, ::getuid(), 1 } };
        linux_.gidMappings = { { 0, ::getgid(), 1 } };
    }
    void cleanup()
    {
        QVERIFY(m_bundle->isClean());
        m_bundle.reset();
        m_world.reset();
    }

    void livesInAScopeOfItsOwn()
    {
        m_bundle->setScript("exec sleep 100");
        make("web");
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string("hull-web.scope"));
        const auto inside = readFile("/proc/" + std::to_string(state.pid) + "/cgroup");
        QVERIFY(inside && inside->find("/hull-web.scope\n") != std::string::npos);
        QCOMPARE(property("hull-web.scope", "Description"), QStringLiteral("container web"));
        remove("web");
        QVERIFY(!exists(state.cgroup));
        QCOMPARE(property("hull-web.scope", "LoadState"), QStringLiteral("not-found"));
    }

    void seesItsScopeAsTheRootOfTheTree()
    {
        QCOMPARE(run("cat /proc/self/cgroup").standardOutput, std::string("0::/\n"));
    }

    void takesSliceAndNameFromTheCgroupsPath()
    {
        m_bundle->spec.linux_.cgroupsPath = "lab.slice:twin:one+two";
        m_bundle->setScript("exec sleep 100");
        make("web");
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string("twin-one\\x2btwo.scope"));
        QVERIFY2(state.cgroup.find("/lab.slice/twin-one\\x2btwo.scope") != std::string::npos, state.cgroup.c_str());
        remove("web");
    }

    void refusesAPathThatNamesNoScope()
    {
        m_bundle->spec.linux_.cgroupsPath = "/lab/web";
        const auto output = run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("SLICE:PREFIX:NAME") != std::string::npos, said(output));
    }

    void givesTwoContainersOfOneNameAScopeEach()
    {
        m_bundle->setScript("exec sleep 100");
        make("web");
        HullBundle other(m_world->path().toStdString() + "/other");
        other.prefix = m_bundle->prefix;
        other.spec = m_bundle->spec;
        other.write();
        other.ids.push_back("web");
        const auto made = other.hullIntoFile({ "--systemd-cgroup", "create", "--bundle", other.path(), "web" });
        QVERIFY2(made.exitStatus == 0, said(made));
        const std::string file = other.root() + "/web/state.json";
        QCOMPARE(oci::decodeRecord(*readFile(file), file)->systemdScope, std::string("hull-web.2.scope"));
        QCOMPARE(other.hull({ "delete", "--force", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("created"));
        remove("web");
    }

    void stopsWhenMemoryIsExceeded()
    {
        resources().memoryLimitBytes = 16 << 20;
        resources().memorySwapBytes = 16 << 20;
        const auto output = run("dd if=/dev/zero of=/dev/null bs=64M count=1; echo status $?");
        QCOMPARE(output.standardOutput, std::string("status 137\n"));
    }

    void letsNoMoreProcessesBeMadeThanAsked()
    {
        resources().pidsLimit = 4;
        const auto output = run("for i in 1 2 3 4 5 6; do sleep 5 & done; wait");
        QVERIFY2(output.standardError.find("fork") != std::string::npos, said(output));
    }

    void throttlesAtTheQuota()
    {
        resources().cpuQuotaMicroseconds = 10'000;
        const auto output
            = run("i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; grep nr_throttled /sys/fs/cgroup/cpu.stat");
        QVERIFY2(output.exitStatus == 0, said(output));
        QVERIFY2(QString::fromStdString(output.standardOutput).section(u' ', 1).toInt() > 0, said(output));
    }

    // systemd writes its own values again at every reload
    void keepsTheLimitsWhenSystemdIsReloaded()
    {
        resources().memoryLimitBytes = 64 << 20;
        resources().pidsLimit = 20;
        resources().cpuQuotaMicroseconds = 20'000;
        resources().cpuShares = 1'024;
        m_bundle->setScript("exec sleep 100");
        make("web");
        QVERIFY(runChecked(systemctl({ "daemon-reload" }), std::chrono::seconds(60)));
        const auto folder = record("web").cgroup;
        QCOMPARE(*readFile(folder + "/memory.max"), std::string("67108864\n"));
        QCOMPARE(*readFile(folder + "/pids.max"), std::string("20\n"));
        QCOMPARE(*readFile(folder + "/cpu.max"), std::string("20000 100000\n"));
        QCOMPARE(*readFile(folder + "/cpu.weight"), std::string("39\n"));
        remove("web");
    }

    void keepsNewLimitsWhenSystemdIsReloaded()
    {
        resources().memoryLimitBytes = 64 << 20;
        resources().pidsLimit = 20;
        m_bundle->setScript("exec sleep 100");
        make("web");
        const auto update = m_bundle->hull({ "update", "--memory", "33554432", "--pids-limit", "-1", "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        QVERIFY(runChecked(systemctl({ "daemon-reload" }), std::chrono::seconds(60)));
        const auto folder = record("web").cgroup;
        QCOMPARE(*readFile(folder + "/memory.max"), std::string("33554432\n"));
        QCOMPARE(*readFile(folder + "/pids.max"), std::string("max\n"));
        remove("web");
    }

    void runsAnotherProgramInTheScope()
    {
        m_bundle->setScript("exec sleep 100");
        make("web");
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        const auto output = m_bundle->hull({ "exec", "web", "/bin/sh", "-c", "cat /proc/self/cgroup" });
        QCOMPARE(output.standardOutput, std::string("0::/\n"));
        remove("web");
    }

private:
    oci::Resources& resources() { return m_bundle->spec.linux_.resources; }
    CommandOutput run(const std::string& script)
    {
        m_bundle->setScript(script);
        m_bundle->write();
        return m_bundle->hull({ "--systemd-cgroup", "run", "--bundle", m_bundle->path(), m_bundle->nextId() });
    }
    void make(const std::string& id)
    {
        m_bundle->write();
        m_bundle->ids.push_back(id);
        const auto made
            = m_bundle->hullIntoFile({ "--cgroup-manager", "systemd", "create", "--bundle", m_bundle->path(), id });
        QVERIFY2(made.exitStatus == 0, said(made));
    }
    void remove(const std::string& id)
    {
        const auto removed = m_bundle->hull({ "delete", "--force", id });
        QVERIFY2(removed.exitStatus == 0, said(removed));
    }
    oci::ContainerRecord record(const std::string& id) const
    {
        const std::string file = m_bundle->root() + "/" + id + "/state.json";
        return *oci::decodeRecord(*readFile(file), file);
    }
    Command systemctl(std::vector<std::string> words) const
    {
        Command command{ m_bundle->prefix, {}, {} };
        command.arguments.emplace_back("systemctl");
        if (::geteuid() != 0)
            command.arguments.emplace_back("--user");
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        return command;
    }
    QString property(const std::string& unit, const std::string& name) const
    {
        auto output = runCommand(systemctl({ "show", "--value", "--property", name, unit }), std::chrono::seconds(60));
        return output ? QString::fromStdString(output->standardOutput).trimmed() : QString();
    }

    std::unique_ptr<TemporaryWorld> m_world;
    std::unique_ptr<HullBundle> m_bundle;
};

QTEST_GUILESS_MAIN(ScopeTest)
#include "scope_test.moc"
