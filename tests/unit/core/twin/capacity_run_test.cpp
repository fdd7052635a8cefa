// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/capacity_run.h"

#include "core/images/starter_image.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"
#include "tests/unit/core/twin/plain_provider.h"

#include <QFile>
#include <QTest>

using namespace twinhull;

/// Of workloads that are plain processes: what becomes of a check in which not all of them run.
class CapacityRunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(QStringLiteral("/proc/pressure/memory")))
            QSKIP("needs a kernel with pressure figures: without them nothing is checked");
        auto build = buildStarterImage(m_world.folders(), QStringLiteral("/bin/busybox"));
        const auto built = test::runJob(*build);
        QVERIFY2(built, built ? "" : built.error().message.c_str());
    }

    void init()
    {
        m_images = std::make_unique<ImageStore>(m_world.folders());
        m_provider = std::make_unique<test::PlainProvider>(WorkloadKind::Container);
        m_registry = std::make_unique<WorkloadRegistry>();
        m_registry->add(m_provider.get());
        m_added.clear();
        connect(m_provider.get(), &WorkloadProvider::added, this,
            [this](const WorkloadInfo& info) { m_added.push_back(info); });
    }

    void cleanup()
    {
        if (m_registry)
            QVERIFY(m_registry->workloads().empty()); // whatever happened
        m_registry.reset();
    }

    void aCheckEndsWhereOneHasEnded()
    {
        connect(m_provider.get(), &WorkloadProvider::added, this, [this] {
            if (m_added.size() == 5)
                m_provider->stop(m_added.front().id, StopMode::Graceful)->start();
        });
        auto run = makeRun();
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Capacity& capacity = run->capacity();
        QCOMPARE(m_added.size(), std::size_t{ 5 }); // of six
        QCOMPARE(capacity.after.size(), std::size_t{ 3 });
        QCOMPARE(capacity.check.size(), std::size_t{ 1 });
        QVERIFY(!capacity.isStoppedByPressure);
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted);
        QCOMPARE(capacity.checkEnd, m_added.front().name + QStringLiteral(" ended before all of them ran."));
    }

    /// Its provider still says that it runs.
    void aCheckEndsWithTheReadingInWhichOneHasEnded()
    {
        connect(m_provider.get(), &WorkloadProvider::added, this, [this] {
            if (m_added.size() != 5)
                return;
            const auto first = m_registry->find(m_added.front().id);
            QVERIFY(first && first->footprint.rootPids.size() == 1);
            QCOMPARE(::kill(first->footprint.rootPids.front(), SIGKILL), 0);
        });
        auto run = makeRun();
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Capacity& capacity = run->capacity();
        QCOMPARE(m_added.size(), std::size_t{ 5 }); // of six
        QCOMPARE(capacity.check.size(), std::size_t{ 1 });
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted);
        QCOMPARE(capacity.checkEnd, m_added.front().name + QStringLiteral(" ended before all of them ran."));
    }

    void aCheckEndsWhereOneDoesNotStart()
    {
        connect(m_provider.get(), &WorkloadProvider::added, this, [this] {
            if (m_added.size() == 4)
                m_provider->startResult = Error{ ErrorCode::OutOfMemory, "Cannot allocate memory", 0, {} };
        });
        auto run = makeRun();
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const Capacity& capacity = run->capacity();
        QCOMPARE(m_added.size(), std::size_t{ 4 });
        QCOMPARE(capacity.after.size(), std::size_t{ 3 }); // what was measured is kept
        QVERIFY(capacity.fit() && capacity.check.empty() && !capacity.isStoppedByPressure);
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted);
        QVERIFY2(capacity.checkSentence().contains(
                     m_added.back().name + QStringLiteral(" did not start: Cannot allocate memory.")),
            qPrintable(capacity.checkSentence()));
    }

    void nothingIsMeasuredWhereOneOfTheFirstDoesNotStart()
    {
        m_provider->startResult = Error{ ErrorCode::OutOfMemory, "Cannot allocate memory", 0, {} };
        auto run = makeRun();
        const auto result = test::runJob(*run);
        QVERIFY(!result && result.error().message.find("Cannot allocate memory") != std::string::npos);
    }

private:
    std::unique_ptr<CapacityRun> makeRun()
    {
        CapacityPlan plan;
        plan.twin.imageReference = QStringLiteral("twinhull/starter");
        plan.reserveBytes = 0;
        plan.pressureLimit = 100; // whatever else this computer does
        plan.isChecked = true;
        plan.checkLimit = 6;
        return std::make_unique<CapacityRun>(*m_registry, *m_images, plan);
    }

    test::TemporaryWorld m_world;
    std::unique_ptr<ImageStore> m_images;
    std::unique_ptr<test::PlainProvider> m_provider;
    std::unique_ptr<WorkloadRegistry> m_registry;
    std::vector<WorkloadInfo> m_added;
};

QTEST_GUILESS_MAIN(CapacityRunTest)
#include "capacity_run_test.moc"
