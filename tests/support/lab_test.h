// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "tests/support/hull_bundle.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <memory>

namespace twinhull::test {

/// For tests in the lab's guest: a bundle for whoever runs the test, root or an ordinary user, in the cgroups that the
/// guest has. setUp() goes into init(), tearDownClean() into cleanup().
class LabTest : public QObject {
protected:
    static bool isRoot() { return ::geteuid() == 0; }

    void setUp()
    {
        m_world = std::make_unique<TemporaryWorld>();
        m_bundle = std::make_unique<HullBundle>(m_world->path().toStdString() + "/bundle");
        if (isRoot())
            return;
        // the test's own runtime folder is private: this user's systemd is in the real one
        m_bundle->prefix = { "env", "XDG_RUNTIME_DIR=/run/user/" + std::to_string(::getuid()) };
        auto& linux_ = m_bundle->spec.linux_;
        linux_.namespaces.insert(linux_.namespaces.begin(), { oci::NamespaceKind::User, {} });
        linux_.uidMappings = { { 0, ::getuid(), 1 } };
        linux_.gidMappings = { { 0, ::getgid(), 1 } };
    }
    void tearDownClean()
    {
        QVERIFY(m_bundle->isClean());
        m_bundle.reset();
        m_world.reset();
    }

    oci::Resources& resources() { return m_bundle->spec.linux_.resources; }
    oci::ContainerRecord record(const std::string& id) const
    {
        const std::string file = m_bundle->root() + "/" + id + "/state.json";
        return *oci::decodeRecord(*readFile(file), file);
    }
    void remove(const std::string& id) const
    {
        const auto removed = m_bundle->hull({ "delete", "--force", id });
        QVERIFY2(removed.exitStatus == 0, said(removed));
    }
    /// Of the systemd that serves whoever runs the test.
    Command systemctl(std::vector<std::string> words) const
    {
        Command command{ m_bundle->prefix, {}, {} };
        command.arguments.emplace_back("systemctl");
        if (!isRoot())
            command.arguments.emplace_back("--user");
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        return command;
    }

    std::unique_ptr<TemporaryWorld> m_world;
    std::unique_ptr<HullBundle> m_bundle;
};

/// Each test once for every way in which whoever runs it has containers put into cgroups: call addWays() in
/// initTestCase_data(), or addSystemdsWay() where all are alike, and setUpWay() in init().
class LabWaysTest : public LabTest {
protected:
    static void addSystemdsWay()
    {
        QTest::addColumn<QString>("way");
        QTest::newRow("systemd") << kSystemd;
    }
    static void addWays()
    {
        addSystemdsWay();
        if (isRoot())
            QTest::newRow("cgroupfs") << kCgroupfs;
        else
            QTest::newRow("a delegated scope") << kDelegatedScope;
    }
    void setUpWay()
    {
        QVERIFY2(readFile("/sys/fs/cgroup/cgroup.controllers"), "this test is for the lab's guest");
        QFETCH_GLOBAL(QString, way);
        m_way = way;
        setUp();
        if (isSystemd())
            m_bundle->globals = { "--cgroup-manager", "systemd" };
    }

    bool isSystemd() const { return m_way == kSystemd; }

    /// The container's cgroup is the only one of its parent.
    bool isAlone() const { return m_way == kDelegatedScope; }

    CommandOutput run(const std::string& script)
    {
        const InScope scope(*this);
        return m_bundle->run(script);
    }
    void start(const std::string& id, const std::string& script)
    {
        m_bundle->setScript(script);
        m_bundle->write();
        m_bundle->ids.push_back(id);
        {
            const InScope scope(*this);
            const auto made = m_bundle->hullIntoFile({ "create", "--bundle", m_bundle->path(), id });
            QVERIFY2(made.exitStatus == 0, said(made));
        }
        const auto started = m_bundle->hull({ "start", id });
        QVERIFY2(started.exitStatus == 0, said(started));
    }
    std::string file(const std::string& id, const std::string& name) const
    {
        auto text = readFile(record(id).cgroup + "/" + name);
        return text ? *text : text.error().message;
    }
    /// The number behind "KEY " in a file of lines like that.
    static qint64 valueOf(const std::string& text, const QString& key)
    {
        for (const QString& line : QString::fromStdString(text).split(u'\n')) {
            if (line.section(u' ', 0, 0) == key)
                return line.section(u' ', 1).toLongLong();
        }
        return -1;
    }

private:
    static inline const QString kSystemd = QStringLiteral("systemd");
    static inline const QString kCgroupfs = QStringLiteral("cgroupfs");
    static inline const QString kDelegatedScope = QStringLiteral("delegated scope");

    /// hull makes cgroups in a scope of the user's that is given to it; other verbs reach them from outside.
    class InScope {
    public:
        explicit InScope(LabWaysTest& test) : m_bundle(*test.m_bundle), m_prefix(m_bundle.prefix)
        {
            static int number = 0;
            if (test.m_way != kDelegatedScope)
                return;
            const auto unit = "for-hull-lab" + std::to_string(::getpid()) + "-" + std::to_string(++number);
            for (const std::string& word : { std::string("systemd-run"), std::string("--user"), std::string("--scope"),
                     std::string("--quiet"), std::string("--property=Delegate=yes"), "--unit=" + unit })
                m_bundle.prefix.push_back(word);
        }
        ~InScope() { m_bundle.prefix = m_prefix; }
        InScope(const InScope&) = delete;
        InScope& operator=(const InScope&) = delete;

    private:
        HullBundle& m_bundle;
        std::vector<std::string> m_prefix;
    };

    QString m_way;
};

} // namespace twinhull::test
