// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_record.h"
#include "tests/support/hull_test.h"

using namespace twinhull;
using namespace twinhull::test;

/// Who makes a container's cgroup: hull, or nobody.
class HullCgroupManagerTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (m_bundle) {
            m_bundle->setScript("exec sleep 100");
            m_bundle->write();
        }
    }
    void cleanup() { tearDown(); }

    void staysInTheCallersWhenDisabled()
    {
        m_bundle->ids.push_back("web");
        const auto created
            = m_bundle->hullIntoFile({ "--cgroup-manager", "disabled", "create", "--bundle", m_bundle->path(), "web" });
        QVERIFY2(created.exitStatus == 0, said(created));
        const std::string file = m_bundle->root() + "/web/state.json";
        const auto record = oci::decodeRecord(*readFile(file), file);
        QVERIFY(record && record->cgroup.empty());
        QCOMPARE(*readFile("/proc/" + std::to_string(record->pid) + "/cgroup"), *readFile("/proc/self/cgroup"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QVERIFY(m_bundle->isClean());
    }

    void refusesALimitWhenDisabled()
    {
        m_bundle->spec.linux_.resources.pidsLimit = 10;
        m_bundle->write();
        const auto run
            = m_bundle->hull({ "--cgroup-manager=disabled", "run", "--bundle", m_bundle->path(), m_bundle->nextId() });
        QCOMPARE(run.exitStatus, 1);
        QVERIFY2(run.standardError.find("a limit was asked for (pids)") != std::string::npos, said(run));
        QVERIFY(m_bundle->isClean());
    }

    void makesItWithoutAWordWhereNoSystemdRuns()
    {
        if (exists("/run/systemd/system"))
            QSKIP("systemd runs here: see lab.scope");
        m_bundle->setScript("true");
        m_bundle->write();
        const auto run
            = m_bundle->hull({ "--cgroup-manager=auto", "run", "--bundle", m_bundle->path(), m_bundle->nextId() });
        QCOMPARE(run.exitStatus, 0);
        QCOMPARE(run.standardError, std::string());
    }

    void refusesAnUnknownOne()
    {
        const auto list = m_bundle->hull({ "--cgroup-manager", "nobody", "list" });
        QCOMPARE(list.exitStatus, 1);
        QVERIFY2(list.standardError.find("unknown --cgroup-manager nobody") != std::string::npos, said(list));
    }
};

QTEST_GUILESS_MAIN(HullCgroupManagerTest)
#include "hull_cgroup_manager_test.moc"
