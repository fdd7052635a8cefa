// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/containers/reachable_controllers.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace twinhull;

/// Which controllers a person's containers can have: what decides whether "cannot be limited" is said. The trees are
/// made up.
class ReachableControllersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_places = { false, 1000, path("run/user/1000"), path("run"), path("tree"), path("own") };
        write("own", "1:name=systemd:/x\n0::/user.slice/user-1000.slice/session-2.scope\n");
        write("tree/cgroup.controllers", "cpu io memory pids\n");
        write("tree/user.slice/user-1000.slice/session-2.scope/cgroup.controllers", "cpu\n");
    }

    void areTheTreesForRoot()
    {
        m_places.isRoot = true;
        runSystemd();
        QCOMPARE(reachableControllers(m_places), std::string("cpu io memory pids\n"));
    }

    // as after a login on a text console, or with su
    void areTheProcesssWhereNoSystemdOfTheUsersRuns()
    {
        delegate();
        QCOMPARE(reachableControllers(m_places), std::string("cpu\n"));
    }

    void areThoseOfTheUsersSystemdWhereverTheProcessIs()
    {
        delegate();
        runSystemd();
        QCOMPARE(reachableControllers(m_places), std::string("cpu memory pids\n"));
    }

    void areTheProcesssWhereTheBusCannotBeFound()
    {
        delegate();
        runSystemd();
        m_places.runtimeFolder = path("elsewhere");
        QCOMPARE(reachableControllers(m_places), std::string("cpu\n"));
        m_places.runtimeFolder.clear();
        QCOMPARE(reachableControllers(m_places), std::string("cpu\n"));
    }

    void areTheProcesssWhereSystemdIsNotInItsUsualUnit()
    {
        runSystemd();
        QCOMPARE(reachableControllers(m_places), std::string("cpu\n"));
    }

    void areThoseOfTheUnifiedTreeOnAHybridHost()
    {
        m_places.isRoot = true;
        m_places.cgroups = path("hybrid");
        QCOMPARE(reachableControllers(m_places), std::string());
        write("hybrid/unified/cgroup.controllers", "rdma\n");
        QCOMPARE(reachableControllers(m_places), std::string("rdma\n"));
    }

private:
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }
    void write(const char* below, const std::string& text) const
    {
        const std::string file = path(below);
        QVERIFY(makeFolders(file.substr(0, file.rfind('/')), 0755) && writeFileAtomically(file, text));
    }
    void runSystemd() const
    {
        QVERIFY(makeFolders(path("run/user/1000/systemd"), 0755));
        write("run/user/1000/bus", "");
    }
    void delegate() const
    {
        write("tree/user.slice/user-1000.slice/user@1000.service/cgroup.controllers", "cpu memory pids\n");
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    ControllerPlaces m_places;
};

QTEST_GUILESS_MAIN(ReachableControllersTest)
#include "reachable_controllers_test.moc"
