// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/twins.h"

#include "core/images/starter_image.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"
#include "tests/unit/core/twin/plain_provider.h"

#include <QTest>

using namespace twinhull;

class TwinsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto build = buildStarterImage(m_world.folders(), QStringLiteral("/bin/busybox"));
        const auto built = test::runJob(*build);
        QVERIFY2(built, built ? "" : built.error().message.c_str());
    }

    void init()
    {
        m_images = std::make_unique<ImageStore>(m_world.folders());
        m_containers = std::make_unique<test::PlainProvider>(WorkloadKind::Container);
        m_vms = std::make_unique<test::PlainProvider>(WorkloadKind::Vm);
        m_registry = std::make_unique<WorkloadRegistry>();
        m_registry->add(m_containers.get());
        m_registry->add(m_vms.get());
        m_twins = std::make_unique<Twins>(*m_registry, *m_images);
    }

    void cleanup()
    {
        m_twins.reset();
        m_registry.reset();
    }

    void makesAndStartsBothHalvesOfOneImage()
    {
        QVERIFY(makeTwin());
        const auto halves = m_registry->findByName(QStringLiteral("web"));
        QCOMPARE(halves.size(), std::size_t(2));
        for (const auto& half : halves) {
            QCOMPARE(half.state, WorkloadState::Running);
            QCOMPARE(half.twinGroup, QStringLiteral("web"));
        }
        const auto reference
            = [](const auto& provider) { return std::get<ImageSource>(provider->plans.front().source).reference; };
        QCOMPARE(reference(m_containers), reference(m_vms));
        QVERIFY(reference(m_containers).startsWith(u"sha256:"));
        QVERIFY(halves[0].ports.front().hostPort != halves[1].ports.front().hostPort);
        QCOMPARE(halves[0].ports.front().workloadPort, halves[1].ports.front().workloadPort);
    }

    void takesTheContainerAwayWhenTheVmCannotStart()
    {
        m_vms->startResult = Error{ ErrorCode::Unavailable, "no kernel", 0, "fetch one" };
        const auto made = makeTwin();
        QVERIFY(!made);
        QCOMPARE(made.error().message, std::string("no kernel"));
        QVERIFY(m_registry->workloads().empty());
    }

    void refusesANameInUse()
    {
        QVERIFY(makeTwin());
        const auto again = makeTwin();
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::AlreadyExists);
        QVERIFY(!again.error().hint.empty());
        QCOMPARE(m_registry->workloads().size(), std::size_t(2));
    }

    void refusesAnUnknownImage()
    {
        TwinPlan plan;
        plan.imageReference = QStringLiteral("nobody/nothing");
        plan.name = QStringLiteral("web");
        const auto made = test::runJob(*m_twins->createAndStart(plan));
        QVERIFY(!made);
        QCOMPARE(made.error().code, ErrorCode::NotFound);
        QVERIFY(!made.error().hint.empty());
    }

    void saysWhyWhenAKindIsNotAvailable()
    {
        m_vms->available = Error{ ErrorCode::Unavailable, "libvirt does not answer", 0, "start it" };
        const auto made = makeTwin();
        QVERIFY(!made);
        QCOMPARE(made.error().message, std::string("libvirt does not answer"));
        QVERIFY(m_registry->workloads().empty());
    }

    void stopsAndStartsBoth()
    {
        QVERIFY(makeTwin());
        QVERIFY(test::runJob(*m_twins->stopBoth(QStringLiteral("web"), StopMode::Graceful)));
        for (const auto& half : m_registry->workloads())
            QCOMPARE(half.state, WorkloadState::Stopped);
        QVERIFY(test::runJob(*m_twins->startBoth(QStringLiteral("web"))));
        for (const auto& half : m_registry->workloads())
            QCOMPARE(half.state, WorkloadState::Running);
    }

    void stopsTheContainerAgainWhenTheVmCannotStart()
    {
        QVERIFY(makeTwin());
        QVERIFY(test::runJob(*m_twins->stopBoth(QStringLiteral("web"), StopMode::Force)));
        m_vms->startResult = Error{ ErrorCode::Io, "broke", 0, {} };
        QVERIFY(!test::runJob(*m_twins->startBoth(QStringLiteral("web"))));
        for (const auto& half : m_registry->workloads())
            QCOMPARE(half.state, WorkloadState::Stopped);
    }

    void removesBoth()
    {
        QVERIFY(makeTwin());
        QVERIFY(test::runJob(*m_twins->removeBoth(QStringLiteral("web"))));
        QVERIFY(m_registry->workloads().empty());
    }

    void saysThatThereIsNoSuchTwin()
    {
        for (auto* job : { m_twins->startBoth(QStringLiteral("x")).release(),
                 m_twins->stopBoth(QStringLiteral("x"), StopMode::Force).release(),
                 m_twins->removeBoth(QStringLiteral("x")).release() }) {
            const std::unique_ptr<Job> owned(job);
            const auto result = test::runJob(*job);
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::NotFound);
        }
    }

private:
    Result<> makeTwin()
    {
        TwinPlan plan;
        plan.imageReference = QStringLiteral("starter");
        plan.name = QStringLiteral("web");
        return test::runJob(*m_twins->createAndStart(plan));
    }

    test::TemporaryWorld m_world;
    std::unique_ptr<ImageStore> m_images;
    std::unique_ptr<test::PlainProvider> m_containers;
    std::unique_ptr<test::PlainProvider> m_vms;
    std::unique_ptr<WorkloadRegistry> m_registry;
    std::unique_ptr<Twins> m_twins;
};

QTEST_GUILESS_MAIN(TwinsTest)
#include "twins_test.moc"
