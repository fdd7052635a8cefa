// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_run.h"

#include "core/images/starter_image.h"
#include "core/twin/compared_work.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"
#include "tests/unit/core/twin/plain_provider.h"

#include <QTest>

using namespace twinhull;

class ComparisonRunTest : public QObject {
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
        m_log.clear();
        m_images = std::make_unique<ImageStore>(m_world.folders());
        m_containers = std::make_unique<test::PlainProvider>(WorkloadKind::Container, &m_log);
        m_vms = std::make_unique<test::PlainProvider>(WorkloadKind::Vm, &m_log);
        m_registry = std::make_unique<WorkloadRegistry>();
        m_registry->add(m_containers.get());
        m_registry->add(m_vms.get());
    }

    void cleanup()
    {
        QVERIFY(m_registry->workloads().empty()); // whatever happened
        m_registry.reset();
    }

    void runsTheHalvesByTurns()
    {
        auto run = makeRun(2);
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const QStringList container{ QStringLiteral("create container"), QStringLiteral("start container"),
            QStringLiteral("remove container") };
        const QStringList vm{ QStringLiteral("create vm"), QStringLiteral("start vm"), QStringLiteral("remove vm") };
        QCOMPARE(m_log, container + vm + container + vm);
        QCOMPARE(run->comparison().container.runs.size(), std::size_t(2));
        QCOMPARE(run->comparison().vm.runs.size(), std::size_t(2));
    }

    void oneKindRunsAgainstItself()
    {
        m_containers->available = Error{ ErrorCode::Unavailable, "none here", 0, {} };
        ComparisonPlan plan = commandPlan("true");
        plan.work.clear();
        plan.bothAs = WorkloadKind::Vm;
        auto run = makeRun(plan);
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const QStringList vm{ QStringLiteral("create vm"), QStringLiteral("start vm"), QStringLiteral("remove vm") };
        QCOMPARE(m_log, vm + vm);
        const Comparison& comparison = run->comparison();
        QCOMPARE(comparison.container.runs.size(), std::size_t(1));
        QCOMPARE(comparison.vm.runs.size(), std::size_t(1));
        QVERIFY(comparison.isEmulated() && comparison.isCpuComparable());
        QCOMPARE(comparison.sides().second, QStringLiteral("second VM"));
        int versions = 0;
        for (const auto& fact : comparison.machine.facts)
            versions += fact.key == u"qemu" ? 1 : 0;
        QCOMPARE(versions, 1);
    }

    void warmUpRoundsAreMadeAndLeftOut()
    {
        ComparisonPlan plan;
        plan.twin.imageReference = QStringLiteral("twinhull/starter");
        plan.rounds = 1;
        plan.warmUpRounds = 2;
        auto run = makeRun(plan);
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(m_log.count(QStringLiteral("start vm")), 3);
        QCOMPARE(run->comparison().container.runs.size(), std::size_t(1));
        QCOMPARE(run->comparison().vm.runs.size(), std::size_t(1));
        QCOMPARE(run->comparison().warmUpRounds, 2);
        QVERIFY(run->comparison().caches.startsWith(QStringLiteral("warm")));
    }

    /// Else a round could try a microvm that the round before saw fail.
    void asksForTheMachineThatTheFirstVmWas()
    {
        m_vms->machines = { QStringLiteral("pc-q35-7.2"), QStringLiteral("pc-q35-7.2"), QStringLiteral("microvm") };
        ComparisonPlan plan;
        plan.twin.imageReference = QStringLiteral("twinhull/starter");
        plan.rounds = 2;
        plan.warmUpRounds = 1;
        auto run = makeRun(plan);
        QVERIFY(test::runJob(*run));
        QCOMPARE(m_vms->plans.size(), std::size_t(3));
        const QString label = QLatin1String(kMachineLabel);
        QVERIFY(!m_vms->plans[0].labels.contains(label));
        QCOMPARE(m_vms->plans[1].labels.value(label), QStringLiteral("q35"));
        QCOMPARE(m_vms->plans[2].labels.value(label), QStringLiteral("q35"));
        QVERIFY(m_containers->plans[2].labels.isEmpty());
        QStringList told;
        for (const auto& fact : run->comparison().machine.facts) {
            if (fact.key == kVmMachineFact)
                told << fact.value;
        }
        QCOMPARE(told, QStringList(QStringLiteral("pc-q35-7.2, then microvm"))); // what is, is told
    }

    void everyFactOfTheMachineHasAValueOrSaysWhatItNeeds()
    {
        auto run = makeRun(1);
        QVERIFY(test::runJob(*run));
        QStringList keys;
        for (const auto& fact : run->comparison().machine.facts) {
            keys << fact.key;
            QVERIFY2(fact.value.isEmpty() == fact.needs.startsWith(QStringLiteral("needs ")), qPrintable(fact.key));
        }
        for (const char* key :
            { "kernel", "processor", "governor", "virtualization", "nested", "mitigations", "load_average",
                "pressure_cpu", "pressure_memory", "pressure_io", "pinning", "hull", "qemu", "libvirt", "vm_machine" })
            QCOMPARE(keys.count(QLatin1String(key)), 1);
    }

    void removesTheHalfInWhichNoProgramCanBeRun()
    {
        ComparisonPlan plan;
        plan.twin.imageReference = QStringLiteral("twinhull/starter");
        plan.work = QStringLiteral("cpu");
        const auto result = test::runJob(*makeRun(plan));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Unsupported);
        QCOMPARE(m_log.last(), QStringLiteral("remove container"));
        QVERIFY(!m_log.contains(QStringLiteral("start vm")));
    }

    void readsTheFigureThatACommandTells()
    {
        offerCommands();
        ComparisonPlan plan = commandPlan("sh -c 'echo speed: 12.5; echo; echo speed: 13.5'");
        plan.figure = WorkScale{ QStringLiteral("turns/s"), Better::Higher, QStringLiteral("speed: ([0-9.]+)") };
        auto run = makeRun(plan);
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(run->comparison().workScale, plan.figure);
        QCOMPARE(run->comparison().container.runs.front().workFigure.value, 13.5);
        QCOMPARE(run->comparison().vm.runs.front().workFigure.value, 13.5);
        QVERIFY(*run->comparison().vm.runs.front().workMilliseconds.value > 0);
    }

    void goesOnWithoutAFigureThatWasNotTold()
    {
        offerCommands();
        ComparisonPlan plan = commandPlan("echo nothing to tell");
        plan.figure = WorkScale{ {}, Better::Higher, QStringLiteral("speed: ([0-9.]+)") };
        auto run = makeRun(plan);
        QVERIFY(test::runJob(*run));
        const Figure figure = run->comparison().vm.runs.front().workFigure;
        QVERIFY2(figure.missing.contains(QStringLiteral("nothing to tell")), qPrintable(figure.missing));
    }

    void aLoadTellsItsFigureToo()
    {
        offerCommands();
        ComparisonPlan plan = commandPlan("true");
        plan.work = QStringLiteral("fork");
        auto run = makeRun(plan);
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(*run->comparison().container.runs.front().workFigure.value > 0);
        QCOMPARE(run->comparison().workScale->unit, QStringLiteral("µs a child"));
    }

    void aDefinitionPreparesWorksAndCleansUp()
    {
        offerCommands();
        const QString file = m_world.path(QStringLiteral("prepared"));
        ComparisonPlan plan = definitionPlan();
        plan.definition->needs = QStringLiteral("sh");
        plan.definition->prepare = { QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo 8 > ") + file };
        plan.definition->command = { QStringLiteral("cat"), file };
        plan.definition->cleanUp = { QStringLiteral("rm"), file };
        plan.definition->caches = QStringLiteral("as they are");
        plan.definition->figure = WorkScale{ {}, Better::Lower, QStringLiteral("[0-9]+") };
        plan.rounds = 2;
        auto run = makeRun(plan);
        const auto result = test::runJob(*run);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(run->comparison().vm.runs[1].workFigure.value, 8.0);
        QVERIFY(!QFile::exists(file));
        QVERIFY(run->comparison().caches.endsWith(QStringLiteral("; as they are")));
        QCOMPARE(running(*m_containers).commands.size(), std::size_t(7)); // the program is looked for once
        QCOMPARE(running(*m_vms).commands.size(), std::size_t(6));
    }

    void saysThatAProgramIsNotThere()
    {
        offerCommands();
        ComparisonPlan plan = definitionPlan();
        plan.definition->needs = QStringLiteral("no-such-program");
        const auto result = test::runJob(*makeRun(plan));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::NotFound);
        QVERIFY2(
            result.error().message.find("needs no-such-program") != std::string::npos, result.error().message.c_str());
        QCOMPARE(running(*m_containers).commands.size(), std::size_t(1));
        QVERIFY(!m_log.contains(QStringLiteral("start vm")));
    }

    void saysThatThePreparationFailed()
    {
        offerCommands();
        ComparisonPlan plan = definitionPlan();
        plan.definition->prepare
            = { QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo no room >&2; exit 4") };
        const auto result = test::runJob(*makeRun(plan));
        QVERIFY(!result);
        QVERIFY2(result.error().message.find("ended with status 4: no room") != std::string::npos,
            result.error().message.c_str());
    }

    void beginsWhenTheServerListens()
    {
        offerCommands();
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        ComparisonPlan plan = definitionPlan();
        plan.definition->awaitsPort = server.serverPort();
        const auto result = test::runJob(*makeRun(plan));
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto& commands = running(*m_vms).commands;
        QCOMPARE(commands.size(), std::size_t(2));
        QCOMPARE(commands.front().arguments,
            (std::vector<std::string>{ "twinhull-load", "--await-port", std::to_string(server.serverPort()) }));
        QVERIFY(!server.hasPendingConnections()); // a server of one client is left to it
    }

    void saysThatACommandToldOfAFailure()
    {
        offerCommands();
        ComparisonPlan plan = definitionPlan();
        plan.definition->command = { QStringLiteral("echo"), QStringLiteral("3 of 3 failed") };
        plan.definition->failure = QStringLiteral("[1-9][0-9]* of .* failed");
        const auto result = test::runJob(*makeRun(plan));
        QVERIFY(!result);
        QVERIFY2(result.error().message.find("says that it failed: 3 of 3 failed") != std::string::npos,
            result.error().message.c_str());
        QCOMPARE(m_log.last(), QStringLiteral("remove container"));
    }

    /// As sysbench does.
    void quotesTheOutputOfACommandThatFailsWithoutAnErrorOutput()
    {
        offerCommands();
        ComparisonPlan plan = definitionPlan();
        plan.definition->command = { QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo FATAL; exit 1") };
        const auto result = test::runJob(*makeRun(plan));
        QVERIFY(!result);
        QVERIFY2(result.error().message.find("ended with status 1: FATAL") != std::string::npos,
            result.error().message.c_str());
    }

    void refusesAFigureThatCannotBeRead()
    {
        ComparisonPlan plan = commandPlan("true");
        plan.figure = WorkScale{ {}, Better::Higher, QStringLiteral("(") };
        QCOMPARE(test::runJob(*makeRun(plan)).error().code, ErrorCode::InvalidArgument);
        QVERIFY(m_log.isEmpty());
    }

    void readsWhatTheHostSpends()
    {
        auto run = makeRun(1);
        QVERIFY(test::runJob(*run));
        const auto& comparison = run->comparison();
        for (const auto* half : { &comparison.container, &comparison.vm }) {
            const auto& figures = half->runs.front();
            for (const auto& figure : { figures.startupMilliseconds, figures.memoryHostBytes, figures.cpuSeconds,
                     figures.workMilliseconds }) {
                QVERIFY2(figure.value, qPrintable(figure.missing));
                QVERIFY(*figure.value > 0);
            }
            QCOMPARE(figures.diskBytes.value, 1024.0);
            QCOMPARE(figures.marks.size(), std::size_t(2));
        }
        QCOMPARE(comparison.machine.acceleration, QStringLiteral("tcg"));
        QVERIFY(!comparison.machine.kernel.isEmpty());
        QVERIFY(comparison.machine.cpus > 0);
    }

    void keepsTheRunsSoFarAfterAFailure()
    {
        m_vms->startResult = Error{ ErrorCode::Unavailable, "no kernel", 0, {} };
        auto run = makeRun(3);
        const auto result = test::runJob(*run);
        QVERIFY(!result);
        QCOMPARE(result.error().message, std::string("no kernel"));
        QCOMPARE(run->comparison().container.runs.size(), std::size_t(1));
        QVERIFY(run->comparison().vm.runs.empty());
    }

    void failsWhenTheWorkFails()
    {
        m_containers->answer = "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        QVERIFY(!test::runJob(*makeRun(1)));
    }

    void saysThatTheProgramEndedBeforeItsWork()
    {
        m_containers->answer.clear(); // never answers
        std::unique_ptr<Job> end;
        connect(m_containers.get(), &WorkloadProvider::changed, this, [this, &end](const WorkloadInfo& now) {
            if (now.state != WorkloadState::Running)
                return;
            end = m_containers->stop(now.id, StopMode::Force);
            QMetaObject::invokeMethod(end.get(), &Job::start, Qt::QueuedConnection);
        });
        const auto result = test::runJob(*makeRun(1));
        m_containers->disconnect(this);
        QVERIFY(!result);
        QVERIFY2(result.error().message.find("its program ended") != std::string::npos, result.error().message.c_str());
        QVERIFY(!result.error().hint.empty());
    }

    void leavesNothingWhenCancelledDuringTheWork()
    {
        m_containers->answer.clear(); // never answers
        auto run = makeRun(1);
        connect(m_containers.get(), &WorkloadProvider::changed, run.get(),
            [raw = run.get()] { QMetaObject::invokeMethod(raw, &Job::cancel, Qt::QueuedConnection); });
        QVERIFY(!test::runJob(*run));
        QCOMPARE(run->state(), Job::State::Cancelled);
    }

    void namesItsHalvesWhereNobodyDid()
    {
        QVERIFY(test::runJob(*makeRun(1, {})));
        const QString name = QStringLiteral("comparison-%1").arg(QCoreApplication::applicationPid());
        QVERIFY(m_containers->plans.front().name.startsWith(name));
        QCOMPARE(m_containers->plans.front().twinGroup, m_containers->plans.front().name);
        QCOMPARE(m_vms->plans.front().name, m_containers->plans.front().name);
    }

    void refusesANameInUse()
    {
        WorkloadPlan taken;
        taken.name = QStringLiteral("compared");
        auto job = m_vms->create(taken);
        QVERIFY(test::runJob(*job));
        m_log.clear();
        const auto result = test::runJob(*makeRun(1));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::AlreadyExists);
        QVERIFY(m_log.isEmpty());
        QVERIFY(test::runJob(*m_vms->remove(m_vms->workloads().front().id)));
    }

private:
    void offerCommands()
    {
        m_registry = std::make_unique<WorkloadRegistry>();
        m_containers = std::make_unique<test::PlainRunningProvider>(WorkloadKind::Container, &m_log);
        m_vms = std::make_unique<test::PlainRunningProvider>(WorkloadKind::Vm, &m_log);
        m_registry->add(m_containers.get());
        m_registry->add(m_vms.get());
    }

    static ComparisonPlan commandPlan(const char* command)
    {
        ComparisonPlan plan;
        plan.twin.imageReference = QStringLiteral("twinhull/starter");
        plan.work = commandWorkName(QString::fromUtf8(command));
        plan.rounds = 1;
        plan.warmUpRounds = 0;
        return plan;
    }

    static ComparisonPlan definitionPlan()
    {
        ComparisonPlan plan = commandPlan("true");
        plan.definition = WorkDefinition();
        plan.definition->name = QStringLiteral("defined");
        plan.definition->command = { QStringLiteral("true") };
        return plan;
    }

    static test::PlainRunningProvider& running(test::PlainProvider& provider)
    {
        return dynamic_cast<test::PlainRunningProvider&>(provider);
    }

    std::unique_ptr<ComparisonRun> makeRun(int repeats, const QString& name = QStringLiteral("compared"))
    {
        ComparisonPlan plan;
        plan.twin.imageReference = QStringLiteral("twinhull/starter");
        plan.twin.name = name;
        plan.rounds = repeats;
        plan.warmUpRounds = 0;
        return makeRun(plan);
    }

    std::unique_ptr<ComparisonRun> makeRun(const ComparisonPlan& plan)
    {
        return std::make_unique<ComparisonRun>(*m_registry, *m_images, plan);
    }

    test::TemporaryWorld m_world;
    QStringList m_log;
    std::unique_ptr<ImageStore> m_images;
    std::unique_ptr<test::PlainProvider> m_containers;
    std::unique_ptr<test::PlainProvider> m_vms;
    std::unique_ptr<WorkloadRegistry> m_registry;
};

QTEST_GUILESS_MAIN(ComparisonRunTest)
#include "comparison_run_test.moc"
