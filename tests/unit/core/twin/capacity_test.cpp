// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/capacity.h"

#include "core/twin/capacity_legend.h"

#include <QJsonArray>
#include <QTest>

using namespace twinhull;

namespace {

constexpr double kMebibyte = 1048576;

/// The first costs 30 MiB and each further one 10 MiB; 1000 MiB are available before, 12 less after each.
Capacity measured(int starts = 4)
{
    Capacity capacity;
    capacity.image = QStringLiteral("starter");
    capacity.reserveBytes = std::uint64_t(200 * kMebibyte);
    capacity.pressureLimit = 10;
    capacity.before.availableBytes = std::uint64_t(1000 * kMebibyte);
    for (int i = 0; i < starts; ++i)
        capacity.after.push_back(
            { Figure::of((30 + 10 * i) * kMebibyte), std::uint64_t((1000 - 12 * (i + 1)) * kMebibyte), 0.5 });
    return capacity;
}

/// Room for one of 30 MiB and five of 10.
Capacity foretellingSix()
{
    Capacity capacity = measured();
    capacity.reserveBytes = std::uint64_t(915 * kMebibyte);
    return capacity;
}

void addChecked(Capacity& capacity, double pressure)
{
    const auto number = static_cast<double>(capacity.after.size() + capacity.check.size());
    capacity.check.push_back({ Figure::of((30 + 10 * number) * kMebibyte), std::uint64_t(920 * kMebibyte), pressure });
}

} // namespace

class CapacityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsTheFirstFromTheFurther()
    {
        const Capacity capacity = measured();
        QCOMPARE(*capacity.firstBytes().value, 30 * kMebibyte);
        const auto further = capacity.furtherBytes();
        QVERIFY(further);
        QCOMPARE(further->value, 10 * kMebibyte);
        QCOMPARE(further->samples, 3);
        QCOMPARE(*capacity.availableDropBytes(), 12 * kMebibyte);
    }

    void fillsTheRoomAboveTheReserve()
    {
        const auto fit = measured().fit();
        QVERIFY(fit);
        QCOMPARE(fit->value, std::uint64_t{ 78 }); // 1 of 30 MiB and 77 of 10 MiB in 800
        QCOMPARE(fit->low, fit->value); // all further ones cost the same
    }

    void isUnsureWhereTheFurtherOnesDiffer()
    {
        Capacity capacity = measured();
        capacity.after[2].costBytes = Figure::of(45 * kMebibyte);
        const auto fit = capacity.fit();
        QVERIFY(fit);
        QVERIFY(fit->low < fit->value && fit->value < fit->high);
    }

    void fitsNoneBelowTheReserve()
    {
        Capacity capacity = measured();
        capacity.reserveBytes = std::uint64_t(980 * kMebibyte);
        QCOMPARE(capacity.fit()->value, std::uint64_t{ 0 });
        capacity.reserveBytes = std::uint64_t(970 * kMebibyte);
        QCOMPARE(capacity.fit()->value, std::uint64_t{ 1 });
    }

    void fitsAsManyAsRanBeforeThePressureCame()
    {
        Capacity capacity = measured(40);
        capacity.after.back().memoryPressure = 12; // the run stopped there
        capacity.isStoppedByPressure = true;
        QCOMPARE(capacity.fit()->value, std::uint64_t{ 39 });
        QCOMPARE(capacity.fit()->high, std::uint64_t{ 39 });
        QVERIFY2(capacity.assumption().contains(QLatin1String("39 ran")), qPrintable(capacity.assumption()));
        capacity.reserveBytes = std::uint64_t(900 * kMebibyte); // which they touched: 1 of 30 MiB and 7 of 10 in 100
        QCOMPARE(capacity.fit()->value, std::uint64_t{ 8 });
        capacity.after.clear(); // the limit was passed before anything was started
        QCOMPARE(capacity.fit()->value, std::uint64_t{ 0 });
        QVERIFY(capacity.assumption().contains(QLatin1String("before anything was started")));
    }

    void knowsNothingWithoutFurtherOnes()
    {
        QVERIFY(!measured(1).fit());
        QVERIFY(!measured(0).availableDropBytes());
        QVERIFY(!measured(0).firstBytes().value);
        Capacity capacity = measured();
        capacity.after[1].costBytes = Figure::absent(QStringLiteral("needs its user"));
        QVERIFY(!capacity.furtherBytes());
        capacity.isCheckAsked = true;
        QVERIFY(capacity.checkSentence().startsWith(QLatin1String("Not checked: nothing is foretold")));
        const auto json = capacityJson(capacity);
        QVERIFY(json[u"fit"].isNull());
        QCOMPARE(json[u"after"].toArray()[1][u"missing"].toString(), QStringLiteral("needs its user"));
    }

    /// Further ones that seem to cost nothing (their pages were shared all along) do not make the number endless.
    void dividesByAPageAtLeast()
    {
        Capacity capacity = measured();
        for (auto& reading : capacity.after)
            reading.costBytes = Figure::of(30 * kMebibyte);
        QCOMPARE(capacity.fit()->value, 1 + std::uint64_t(770 * kMebibyte / 4096));
    }

    /// What a person may read in the JSON and does not know.
    void explainsItsFigures()
    {
        const QJsonObject legend = capacityLegend();
        const QJsonObject json = capacityJson(measured());
        const QJsonObject reading = json[u"before"].toObject();
        const QString pressure = legend[u"memory_pressure_percent"][u"meaning"].toString();
        QVERIFY2(pressure.contains(QLatin1String("the greatest since the reading before")), qPrintable(pressure));
        for (const QJsonObject& object : { json, reading }) {
            for (const QString& key : object.keys()) {
                const bool isFigure = key.endsWith(u"_bytes") || key.endsWith(u"_percent") || key == u"fit";
                QVERIFY2(!isFigure || !legend[key][u"source"].toString().isEmpty(), qPrintable(key));
            }
        }
    }

    void saysWhatIsAssumed()
    {
        const QString text = measured().assumption();
        for (const char* assumed :
            { "below 10 %", "reserve of 200 MiB", "MemAvailable of /proc/meminfo, 1000 MiB before",
                "each further one costs 10 MiB", "of the 4 that were started", "linear" })
            QVERIFY2(text.contains(QLatin1String(assumed)), qPrintable(text));
        QCOMPARE(capacityJson(measured())[u"measured_from"].toInt(), 4);
        QVERIFY2(text.contains(QLatin1String("needs a kernel with pressure figures")), qPrintable(text));
        QCOMPARE(capacityJson(measured())[u"further_bytes"][u"median"].toDouble(), 10 * kMebibyte);
        QCOMPARE(capacityJson(measured())[u"pressure_figure"].isNull(), true);
        Capacity watched = measured();
        watched.before.memoryPressure = 0;
        QVERIFY2(watched.assumption().contains(QLatin1String("PSI some avg10")), qPrintable(watched.assumption()));
        QCOMPARE(watched.claim(),
            QStringLiteral("About 78 (95 % interval 78 to 78) fit until memory pressure passes 10 %."));
    }

    void isTrueWhereAllThatWereForetoldRan()
    {
        Capacity capacity = foretellingSix();
        QCOMPARE(capacity.outcome(), Capacity::Outcome::NotAsked);
        QCOMPARE(capacity.checkSentence(), QStringLiteral("Not checked: it was not asked for."));
        QVERIFY(capacityJson(capacity)[u"check_outcome"].isNull());
        capacity.isCheckAsked = true;
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted); // only four of them ran
        addChecked(capacity, 0.5);
        addChecked(capacity, 2.5);
        QCOMPARE(capacity.outcome(), Capacity::Outcome::True);
        const QString sentence = capacity.checkSentence();
        QVERIFY2(sentence.startsWith(QLatin1String("Holds, checked by starting them: 6 ran"))
                && sentence.contains(QLatin1String("2.5 %")) && !sentence.contains(QLatin1String("broke"))
                && sentence.contains(QLatin1String("920 MiB")),
            qPrintable(sentence));
        QCOMPARE(capacityJson(capacity)[u"check_outcome"].toString(), QStringLiteral("true"));
        QCOMPARE(capacityJson(capacity)[u"check"].toArray().size(), 2);
    }

    void isRefutedWhereThePressurePassed()
    {
        Capacity capacity = foretellingSix();
        capacity.isCheckAsked = true;
        addChecked(capacity, 12);
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted);
        const QString sentence = capacity.checkSentence();
        QVERIFY2(sentence.contains(QLatin1String("with number 5, and 6 were foretold")), qPrintable(sentence));
        addChecked(capacity, 0);
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted); // whatever comes later
    }

    void isRefutedWhereOneDidNotRun()
    {
        Capacity capacity = foretellingSix();
        capacity.isCheckAsked = true;
        addChecked(capacity, 0.5);
        QVERIFY(capacityJson(capacity)[u"check_end"].isNull());
        capacity.checkEnd = QStringLiteral("The kernel ended six for want of memory.");
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted);
        QCOMPARE(capacity.checkSentence(),
            QStringLiteral(
                "Refuted by starting them: only 5 ran, and 6 were foretold. The kernel ended six for want of "
                "memory."));
        QCOMPARE(capacityJson(capacity)[u"check_end"].toString(), capacity.checkEnd);
    }

    /// 78 are foretold, and no more than the limit are started.
    void isCheckedSoFarWhereManyAreForetold()
    {
        Capacity capacity = measured();
        capacity.isCheckAsked = true;
        QCOMPARE(capacity.checkGoal(), std::size_t{ kMostStarts });
        capacity.checkLimit = 6;
        QCOMPARE(capacity.checkGoal(), std::size_t{ 6 });
        addChecked(capacity, 0.5);
        addChecked(capacity, 0.5);
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Partial);
        const QString sentence = capacity.checkSentence();
        QVERIFY2(sentence.startsWith(QLatin1String("Holds as far as it was checked, up to 6 of 78: 6 ran at rest"))
                && sentence.contains(QLatin1String("The others are foretold alone.")),
            qPrintable(sentence));
        QCOMPARE(capacityJson(capacity)[u"check_outcome"].toString(), QStringLiteral("partial"));
        QCOMPARE(capacityJson(capacity)[u"check_limit"].toInt(), 6);
        capacity.check.back().memoryPressure = 12;
        QCOMPARE(capacity.outcome(), Capacity::Outcome::Refuted);
        QVERIFY(capacity.checkSentence().contains(QLatin1String("number 6, and 78 were foretold")));
        capacity.checkLimit = 2; // those that were measured ran anyhow
        QCOMPARE(capacity.checkGoal(), std::size_t{ 4 });
    }

    void tellsWhichAssumptionBrokeFirst()
    {
        Capacity capacity = foretellingSix();
        capacity.isCheckAsked = true;
        addChecked(capacity, 12);
        QVERIFY(capacity.firstBroken().value().what == Capacity::Assumption::Pressure);
        QVERIFY2(capacity.checkSentence().contains(QLatin1String("number 5 still 920 MiB were")),
            qPrintable(capacity.checkSentence()));
        capacity.check.back().availableBytes = std::uint64_t(900 * kMebibyte); // 15 less than the reserve
        QVERIFY(capacity.firstBroken().value().what == Capacity::Assumption::Reserve);
        QVERIFY(capacity.checkSentence().contains(QLatin1String("the reserve. With number 5 only 900 MiB")));
        capacity.check.back().costBytes = Figure::of(80 * kMebibyte); // foretold were 70, and one more is allowed for
        QVERIFY(capacity.firstBroken().value().what == Capacity::Assumption::Reserve);
        capacity.check.back().costBytes = Figure::of(81 * kMebibyte);
        QVERIFY(capacity.firstBroken().value().what == Capacity::Assumption::LinearCost);
        QVERIFY(capacity.checkSentence().contains(QLatin1String("the linear cost. With number 5 all of them cost 81")));
        const auto json = capacityJson(capacity)[u"broken_first"];
        QCOMPARE(json[u"assumption"].toString(), QStringLiteral("linear_cost"));
        QCOMPARE(json[u"number"].toInt(), 5);
        capacity.after[2].availableBytes = 0; // before that
        QCOMPARE(capacity.firstBroken().value().number, std::size_t{ 3 });
    }

    void isNotCheckedWhereNothingCouldBeSeen()
    {
        Capacity capacity = measured();
        capacity.isCheckAsked = true;
        capacity.reserveBytes = std::uint64_t(990 * kMebibyte); // none fits
        QCOMPARE(capacity.outcome(), Capacity::Outcome::NotMade);
        QVERIFY(capacity.checkSentence().startsWith(QLatin1String("Not checked: no more were foretold")));
        capacity = measured();
        capacity.isCheckAsked = true;
        for (CapacityReading& reading : capacity.after)
            reading.memoryPressure.reset();
        QCOMPARE(capacity.outcome(), Capacity::Outcome::NotMade);
        QVERIFY(capacity.checkSentence().contains(QLatin1String("psi=1")));
        capacity.after.back().memoryPressure = 12;
        capacity.isStoppedByPressure = true;
        QVERIFY(capacity.checkSentence().contains(QLatin1String("seen while they were measured")));
    }
};

QTEST_GUILESS_MAIN(CapacityTest)
#include "capacity_test.moc"
