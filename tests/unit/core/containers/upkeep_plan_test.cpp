// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/upkeep_plan.h"

#include "core/oci/image_config.h"
#include "core/workload/upkeep_command.h"

#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;

using Words = std::vector<std::string>;

class UpkeepPlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheImagesHealthCheck()
    {
        const auto made = upkeepFor({}, withCheck({ "CMD-SHELL", "curl -f localhost || exit 1" }));
        QVERIFY(made && made->health);
        QCOMPARE(made->health->command, (std::vector<std::string>{ "/bin/sh", "-c", "curl -f localhost || exit 1" }));
        QCOMPARE(made->health->interval, std::chrono::milliseconds(5s));
        QCOMPARE(made->health->timeout, std::chrono::milliseconds(100)); // the image says a microsecond
        QCOMPARE(made->health->retries, 3U);
    }

    void leavesItOutWhereToldTo()
    {
        Upkeep none;
        none.hasNoHealthCheck = true;
        QVERIFY(!upkeepFor(none, withCheck({ "CMD", "true" }))->health);
        QVERIFY(!upkeepFor({}, withCheck({ "NONE" }))->health);
        QVERIFY(!upkeepFor({}, {})->health);
    }

    void joinsThePersonsTimesWithTheImagesCommand()
    {
        Upkeep planned;
        planned.health.emplace();
        planned.health->interval = 7s;
        const auto made = upkeepFor(planned, withCheck({ "CMD", "/check", "-q" }));
        QVERIFY(made && made->health);
        QCOMPARE(made->health->command, (std::vector<std::string>{ "/check", "-q" }));
        QCOMPARE(made->health->interval, std::chrono::milliseconds(7s));
        QCOMPARE(made->health->timeout, std::chrono::milliseconds(100)); // what nobody said is the image's
        const auto refused = upkeepFor(planned, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
    }

    /// Though it is what nobody has to ask for.
    void keepsWhatAPersonAskedFor()
    {
        Upkeep planned;
        planned.health.emplace();
        planned.health->said = HealthCheck::Interval | HealthCheck::Retries;
        auto image = withCheck({ "CMD", "/check" });
        image.health.retries = 9;
        const auto made = upkeepFor(planned, image);
        QVERIFY(made && made->health);
        QCOMPARE(made->health->interval, std::chrono::milliseconds(30s));
        QCOMPARE(made->health->retries, 3U);
        QCOMPARE(made->health->timeout, std::chrono::milliseconds(100)); // the image's
        QCOMPARE(upkeepWords(planned).join(u' '), QStringLiteral("--health-interval 30s --health-retries 3"));
        planned.health->said = 0;
        QCOMPARE(upkeepFor(planned, image)->health->interval, std::chrono::milliseconds(5s));
        QCOMPARE(upkeepWords(planned).join(u' '), QStringLiteral("--health-on-failure none"));
    }

    void readsTheCheckOfAConfig()
    {
        const auto config = decodeImageConfig(
            R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},
                "config":{"Healthcheck":{"Test":["CMD","true"],"Interval":30000000000,"StartInterval":1000000000,
                "Retries":2}}})");
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(config->health.test, (std::vector<std::string>{ "CMD", "true" }));
        QCOMPARE(config->health.interval, std::uint64_t{ 30'000'000'000 });
        QCOMPARE(config->health.retries, std::uint64_t{ 2 });
        QCOMPARE(config->health.startInterval, std::uint64_t{ 1'000'000'000 });
        QCOMPARE(decodeImageConfig(encodeImageConfig(*config))->health.startInterval, config->health.startInterval);
    }

    void aHealthCommandIsReadBack_data()
    {
        QTest::addColumn<Words>("command");
        QTest::newRow("a shell's") << Words{ "/bin/sh", "-c", "test -e '/a b' && exit 0" };
        QTest::newRow("words") << Words{ "/check", "-q", "a b" };
        QTest::newRow("a shell's that looks like a list") << Words{ "/bin/sh", "-c", "[\"x\"]" };
        QTest::newRow("a shell's test") << Words{ "/bin/sh", "-c", "[ -e /x ]" };
        QTest::newRow("the word none") << Words{ "/bin/sh", "-c", "none" };
        QTest::newRow("a word CMD") << Words{ "CMD", "x" };
    }

    void aHealthCommandIsReadBack()
    {
        QFETCH(Words, command);
        QCOMPARE(healthCommandFromText(healthCommandText(command)), command);
    }

private:
    static ImageInfo withCheck(std::vector<std::string> test)
    {
        ImageInfo image;
        image.health = { std::move(test), 5'000'000'000, 1'000, 0, 0 };
        return image;
    }
};

QTEST_GUILESS_MAIN(UpkeepPlanTest)
#include "upkeep_plan_test.moc"
