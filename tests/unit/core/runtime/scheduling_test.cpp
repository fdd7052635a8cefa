// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/execution_domain.h"
#include "core/runtime/process/scheduling.h"
#include "tests/support/child_report.h"

#include <QTest>

#include <sched.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// What a process takes over from its runtime besides rights, on this kernel, in children of the test.
class SchedulingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void setsEachPolicy_data()
    {
        QTest::addColumn<QString>("policy");
        QTest::addColumn<int>("priority");
        QTest::addColumn<int>("number");
        QTest::newRow("other") << QStringLiteral("SCHED_OTHER") << 0 << SCHED_OTHER;
        QTest::newRow("batch") << QStringLiteral("SCHED_BATCH") << 0 << SCHED_BATCH;
        QTest::newRow("idle") << QStringLiteral("SCHED_IDLE") << 0 << SCHED_IDLE;
        QTest::newRow("first in, first out") << QStringLiteral("SCHED_FIFO") << 7 << SCHED_FIFO;
        QTest::newRow("round robin") << QStringLiteral("SCHED_RR") << 3 << SCHED_RR;
    }
    void setsEachPolicy()
    {
        QFETCH(QString, policy);
        QFETCH(int, priority);
        QFETCH(int, number);
        if (priority > 0)
            TH_NEEDS_ROOT;
        const std::string report = inChild([&] {
            oci::Process process;
            process.scheduler.emplace();
            process.scheduler->policy = policy.toStdString();
            process.scheduler->priority = priority;
            process.scheduler->flags = { "SCHED_FLAG_RESET_ON_FORK" };
            const auto done = applyPriorities(process);
            sched_param parameters{};
            (void)::sched_getparam(0, &parameters);
            return told(done) + " " + std::to_string(::sched_getscheduler(0)) + " "
                + std::to_string(parameters.sched_priority);
        });
        if (report.find("Operation not permitted") != std::string::npos && priority > 0)
            QSKIP("real-time scheduling is not for this cgroup (RT_GROUP_SCHED)");
        QCOMPARE(report, "done " + std::to_string(number | SCHED_RESET_ON_FORK) + " " + std::to_string(priority));
    }

    void setsTheNiceValue()
    {
        QCOMPARE(inChild([] {
            oci::Process process;
            process.scheduler.emplace();
            process.scheduler->policy = "SCHED_OTHER";
            process.scheduler->nice = 7;
            const auto done = applyPriorities(process);
            return told(done) + " " + std::to_string(::getpriority(PRIO_PROCESS, 0));
        }),
            std::string("done 7"));
    }

    void namesWhatTheKernelRefuses()
    {
        const std::string report = inChild([] {
            oci::Process process;
            process.scheduler.emplace();
            process.scheduler->policy = "SCHED_OTHER";
            process.scheduler->priority = 50;
            return told(applyPriorities(process));
        });
        QCOMPARE(report, std::string("set process.scheduler to SCHED_OTHER: Invalid argument"));
    }

    void setsTheIoPriority()
    {
        QCOMPARE(inChild([] {
            oci::Process process;
            process.ioPriority = oci::IoPriority{ "IOPRIO_CLASS_BE", 6 };
            const auto done = applyPriorities(process);
            return told(done) + " " + std::to_string(::syscall(SYS_ioprio_get, 1 /* a process: ioprio_get(2) */, 0));
        }),
            "done " + std::to_string(2 /* best effort */ << 13 | 6));
    }

    void runsOnTheProcessorsOfTheList()
    {
        QCOMPARE(inChild([] {
            const auto done = applyAffinity("0");
            return told(done) + " " + ownStatus("Cpus_allowed_list");
        }),
            std::string("done 0"));
        QVERIFY(inChild([] { return told(applyAffinity("8191")); }).find("run on the processors 8191") == 0);
        QCOMPARE(inChild([] { return told(applyAffinity("")); }), std::string("done"));
    }

    void changesTheExecutionDomain()
    {
        QCOMPARE(inChild([] {
            const auto done = applyExecutionDomain({ oci::Personality{ "LINUX32" }, {} });
            return told(done) + " " + std::to_string(::personality(0xffffffff));
        }),
            "done " + std::to_string(PER_LINUX32));
    }

    void bindsMemoryToNodes()
    {
        const std::string report = inChild([] {
            return told(applyExecutionDomain({ {}, oci::MemoryPolicy{ "MPOL_BIND", "0", { "MPOL_F_STATIC_NODES" } } }));
        });
        if (report.find("Function not implemented") != std::string::npos)
            QSKIP("this kernel knows no memory policies");
        QCOMPARE(report, std::string("done"));
        QVERIFY(inChild([] {
            return told(applyExecutionDomain({ {}, oci::MemoryPolicy{ "MPOL_BIND", "8000", {} } }));
        }).find("set linux.memoryPolicy to MPOL_BIND")
            == 0);
    }
};

QTEST_GUILESS_MAIN(SchedulingTest)
#include "scheduling_test.moc"
