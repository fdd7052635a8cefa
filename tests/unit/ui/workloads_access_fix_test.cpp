// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/access_fix.h"

#include "core/workload/machine_access.h"
#include "tests/support/context_world.h"
#include "ui/jobs/jobs_model.h"
#include "ui/jobs/remedy.h"

#include <QMessageBox>
#include <QPushButton>
#include <QTest>

using namespace twinhull;
using test::InstantJob;

namespace {

/// Machines that may not come to what the test says.
class LockedOut : public test::FakeProvider, public HasMachineAccess, public MachineAccess {
public:
    LockedOut() : FakeProvider(WorkloadKind::Vm) { }

    MachineAccess& access() override { return *this; }
    std::unique_ptr<Job> readObstacles(const WorkloadInfo&, std::shared_ptr<std::vector<AccessObstacle>> into) override
    {
        return std::make_unique<InstantJob>(QStringLiteral("look"), [this, into = std::move(into)]() -> Result<> {
            *into = obstacles;
            return {};
        });
    }
    std::unique_ptr<Job> letThrough(const WorkloadInfo& machine, const QStringList& folders) override
    {
        const QString what = QStringLiteral("let %1 through %2").arg(machine.name, folders.join(u' '));
        return std::make_unique<InstantJob>(what, [this, what]() -> Result<> {
            log << what;
            return {};
        });
    }

    std::vector<AccessObstacle> obstacles;
};

AccessObstacle obstacleAt(const char* place, bool isSafe)
{
    const QString name = QString::fromLatin1(place);
    return { QStringLiteral("disk vda"), QStringLiteral("/home/me/vms/a.img"), name,
        QStringLiteral("machines run as qemu, who may not enter ") + name,
        QStringLiteral("setfacl -m u:qemu:x ") + name, isSafe };
}

}

class AccessFixTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isOfferedWhereAStartWasDenied()
    {
        Bench bench;
        JobsModel model(bench.jobs);
        const auto startFailingWith = [&bench](ErrorCode code) {
            auto job = std::make_unique<InstantJob>(QStringLiteral("start"), [code]() -> Result<> {
                return Error{ code, "no", 0, {} };
            });
            offerAccessFix(*job, bench.context, bench.box);
            return bench.jobs.submit(std::move(job));
        };
        const Job* other = startFailingWith(ErrorCode::Busy);
        QTRY_VERIFY(other->isFinished());
        QVERIFY(model.index(0).data(JobsModel::RemedyRole).toString().isEmpty());
        const Job* denied = startFailingWith(ErrorCode::PermissionDenied);
        QTRY_VERIFY(denied->isFinished());
        QCOMPARE(model.index(0).data(JobsModel::RemedyRole).toString(), QStringLiteral("Fix access…"));
        remedyOf(*denied)->open(&bench.window);
        QTRY_VERIFY(bench.shown() != nullptr);
    }

    void letsPassOnlyWhereItIsSafe()
    {
        Bench bench;
        bench.machines.obstacles = { obstacleAt("/home/me", true), obstacleAt("/srv", false) };
        openAccessFix(bench.context, bench.box, &bench.window);
        QTRY_VERIFY(bench.shown() != nullptr);
        QVERIFY(bench.shown()->text().contains(QStringLiteral("setfacl -m u:qemu:x /srv")));
        QVERIFY(bench.machines.log.isEmpty()); // it is shown first
        bench.shown()->findChild<QPushButton*>(QStringLiteral("accessFixPass"))->click();
        QTRY_COMPARE(bench.machines.log, QStringList{ QStringLiteral("let box through /home/me") });
    }

    void onlyTellsWhatOthersMustAllow()
    {
        Bench bench;
        bench.machines.obstacles = { obstacleAt("/srv", false) };
        openAccessFix(bench.context, bench.box, &bench.window);
        QTRY_VERIFY(bench.shown() != nullptr);
        QVERIFY(bench.shown()->findChild<QPushButton*>(QStringLiteral("accessFixPass")) == nullptr);
    }

private:
    struct Bench {
        test::TemporaryWorld world;
        Settings settings{ world.folders() };
        ImageStore images{ world.folders() };
        LockedOut machines;
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins{ registry, images };
        JobQueue jobs;
        AppContext context{ registry, jobs, images, rings, twins, settings, world.folders() };
        WorkloadInfo box = test::makeWorkload(WorkloadKind::Vm, QStringLiteral("box"));
        QWidget window;

        Bench()
        {
            registry.add(&machines);
            machines.put(box);
        }
        QMessageBox* shown() const { return window.findChild<QMessageBox*>(QStringLiteral("accessFix")); }
    };
};

QTEST_MAIN(AccessFixTest)
#include "workloads_access_fix_test.moc"
