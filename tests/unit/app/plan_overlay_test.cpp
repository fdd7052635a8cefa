// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/plan_overlay.h"

#include "core/workload/plan_command.h"

#include <QTest>

using namespace twinhull;

/// What `create --from` makes of a container's plan and of what was typed beside it.
class PlanOverlayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void changesNothingWithoutAWish()
    {
        const auto made = laid({ "--from", "db" });
        auto expected = original();
        expected.name = made.name; // of the image: the verb chooses one that is free
        QCOMPARE(planCommand(made, WorkloadKind::Container), planCommand(expected, WorkloadKind::Container));
    }

    void whatIsTypedTakesThePlaceOfTheSame()
    {
        const auto made
            = laid({ "--from", "db", "--name", "db2", "-p", "127.0.0.1:9000:80", "--memory", "1G", "--user", "0" });
        QCOMPARE(made.name, QStringLiteral("db2"));
        QCOMPARE(made.ports.size(), std::size_t{ 1 });
        QCOMPARE(made.ports.front().hostPort, std::uint16_t{ 9000 });
        QCOMPARE(made.limits.memoryBytes, std::optional<std::uint64_t>(1U << 30U));
        QCOMPARE(made.limits.pids, original().limits.pids);
        QCOMPARE(made.process.user, QStringLiteral("0"));
        QCOMPARE(made.command, original().command);
    }

    void variablesAndLabelsAreAddedAndWin()
    {
        const auto made = laid({ "--from", "db", "-e", "B=2", "--label", "team=b", "--label", "new=1" });
        QCOMPARE(
            made.environment, (QStringList{ QStringLiteral("A=1"), QStringLiteral("B=1"), QStringLiteral("B=2") }));
        QCOMPARE(made.labels.value(QStringLiteral("team")), QStringLiteral("b"));
        QCOMPARE(made.labels.size(), qsizetype{ 2 });
    }

    void anImageBringsItsOwnCommand()
    {
        const auto made = laid({ "--from", "db", "team/db:2" });
        QCOMPARE(std::get<ImageSource>(made.source).reference, QStringLiteral("team/db:2"));
        QVERIFY(made.command.isEmpty());
        QCOMPARE(laid({ "--from", "db", "team/db:2", "serve", "-v" }).command,
            (QStringList{ QStringLiteral("serve"), QStringLiteral("-v") }));
    }

    void rivalsGiveWay()
    {
        QVERIFY(laid({ "--from", "db", "--rm" }).upkeep.isRemovedAtEnd);
        QVERIFY(laid({ "--from", "db", "--rm" }).upkeep.restart == RestartPolicy());
        QVERIFY(laid({ "--from", "db", "--no-healthcheck" }).upkeep.hasNoHealthCheck);
        const auto health = laid({ "--from", "db", "--health-retries", "9" }).upkeep.health;
        QCOMPARE(health->retries, 9U);
        QVERIFY(health->hasSaid(HealthCheck::Retries) && !health->hasSaid(HealthCheck::Interval));
        const auto networked = laid({ "--from", "db", "--network", "front" });
        QCOMPARE(networked.networks.size(), std::size_t{ 1 });
        QCOMPARE(networked.networks.front().name, QStringLiteral("front"));
    }

    void withoutFromThereMustBeAnImage()
    {
        CLI::App app;
        CreateOptions options;
        const auto* verb = addPlanVerb(app, "create", {}, options);
        app.parse(std::vector<std::string>{ "create" });
        QVERIFY_THROWS_EXCEPTION(CLI::RequiredError, finishPlan(*verb, {}, options));
    }

private:
    static WorkloadPlan original()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("db");
        plan.source = ImageSource{ QStringLiteral("team/db:1") };
        plan.command = { QStringLiteral("--weird"), QStringLiteral("a b"), QStringLiteral("--") };
        plan.environment = { QStringLiteral("A=1"), QStringLiteral("B=1") };
        plan.ports = { { QStringLiteral("127.0.0.1"), 8080, 80 }, { QStringLiteral("127.0.0.1"), 8081, 81 } };
        plan.limits = { 64U << 20U, 0.5, 10 };
        plan.networks = { { QStringLiteral("back"), { QStringLiteral("store") }, {}, {} } };
        plan.process.user = QStringLiteral("70");
        plan.process.entrypoint = QStringList();
        plan.process.hasInit = true;
        plan.process.limits = { { QStringLiteral("nofile"), 100, ProcessLimit::kNone } };
        plan.upkeep.restart = { RestartPolicy::When::OnFailure, 3 };
        plan.upkeep.health = HealthCheck{ { "/bin/true" } };
        plan.labels = { { QStringLiteral("team"), QStringLiteral("a") } };
        return plan;
    }

    static WorkloadPlan laid(std::vector<std::string> words)
    {
        CLI::App app;
        CreateOptions options;
        const auto* verb = addPlanVerb(app, "create", {}, options);
        words.insert(words.begin(), "create");
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
        finishPlan(*verb, {}, options);
        const auto arguments = laidOver(original(), *verb, options.arguments);
        if (!arguments)
            qFatal("%s", arguments.error().message.c_str());
        const auto plan = planFrom(*arguments);
        if (!plan)
            qFatal("%s", plan.error().message.c_str());
        return *plan;
    }
};

QTEST_GUILESS_MAIN(PlanOverlayTest)
#include "plan_overlay_test.moc"
