// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/history/history_database.h"
#include "tests/support/ctl.h"
#include "tests/support/temporary_world.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QDateTime>
#include <QTest>

using namespace twinhull;
using test::ctl;

namespace {

constexpr std::int64_t kMinute = 60'000; ///< ms

}

/// twinhullctl history beside a program that writes.
class CtlHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        const std::string path = m_world.folders().history();
        QVERIFY(makeFolders(path.substr(0, path.rfind('/'))));
        auto database = HistoryDatabase::open(path, HistoryDatabase::Access::Write);
        QVERIFY2(database, database ? "" : database.error().message.c_str());
        m_database = *std::move(database);
        HistoryBatch batch{ { WorkloadKind::Vm, QStringLiteral("key-of-web") }, QStringLiteral("web"), {}, {} };
        m_begin = wallClockMilliseconds() - 60'000;
        for (int i = 0; i < 60; ++i) {
            TickValues reading{ m_begin + i * 1000, {} };
            reading.values[static_cast<std::size_t>(Metric::CpuCores)] = i == 30 ? 2.0F : 0.5F;
            batch.readings.append(reading);
        }
        batch.absent = { { Metric::PssBytes, Needs::SmapsRights } };
        // far from what the tests ask for, because the commands take their time
        batch.events = { { wallClockMilliseconds() - 40 * kMinute, WorkloadEventKind::Started },
            { wallClockMilliseconds() - 20 * kMinute, WorkloadEventKind::Throttled },
            { wallClockMilliseconds() - 18 * kMinute, WorkloadEventKind::Snapshot },
            { wallClockMilliseconds() - 10 * kMinute, WorkloadEventKind::OutOfMemory } };
        // A burst of a second in each ten, and one reading of the rest.
        HistoryBatch bursts{ { WorkloadKind::Container, QStringLiteral("bursting") }, QStringLiteral("worker"), {},
            {} };
        for (const int second : { 0, 9, 10, 19, 20, 29 }) {
            TickValues reading{ m_begin + second * 1000, {} };
            reading.values[static_cast<std::size_t>(Metric::CpuCores)] = second % 10 == 0 ? 40.0F : 0.0F;
            bursts.readings.append(reading);
        }
        for (int i = 0; i < 53; ++i)
            bursts.events.push_back(
                { wallClockMilliseconds() - 20 * kMinute + i * 6000, WorkloadEventKind::Throttled });
        const HistoryBatch batches[] = { batch, bursts };
        const auto written = m_database->write(batches);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
    }

    void listsWhatThereIs()
    {
        const auto list = ctl({ "history", "--json" });
        QVERIFY2(list.exitCode == 0, qPrintable(list.text()));
        QCOMPARE(list.json()[0][u"name"].toString(), QStringLiteral("web"));
        QCOMPARE(list.json()[0][u"kind"].toString(), QStringLiteral("vm"));
    }

    void keepsThePeakOfFewPoints()
    {
        const auto told = ctl({ "history", "web", "--span", "2m", "--points", "2", "--json", "--columns", "cpu,pss" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        const auto figures = told.json()[0][u"figures"].toArray();
        QCOMPARE(figures.size(), 2);
        QCOMPARE(figures[0][u"unit"].toString(), QStringLiteral("cores"));
        double greatest = 0;
        for (const auto& point : figures[0][u"points"].toArray())
            greatest = std::max(greatest, point.toArray()[3].toDouble());
        QCOMPARE(greatest, 2.0);
        QVERIFY(figures[1][u"points"].toArray().isEmpty()); // never read is absent, not 0
        QCOMPARE(figures[1][u"missing"].toString(), sentenceFor(Needs::SmapsRights)); // as it was then
        const auto earlier = ctl({ "history", "web", "--from", "2020-01-01", "--span", "1d", "--columns", "pss" });
        QVERIFY2(earlier.out.contains("needs a reading in this time"), earlier.out); // nobody knows
    }

    void writesATable()
    {
        const auto table = ctl({ "history", "key-of", "--span", "2m" }); // by the beginning of its key
        QVERIFY2(table.exitCode == 0, qPrintable(table.text()));
        QVERIFY2(table.out.contains("web (vm)") && table.out.contains("200.0 %"), table.out);
        QVERIFY2(table.out.contains(sentenceFor(Needs::SmapsRights).toUtf8()), table.out);
    }

    void writesCsv()
    {
        const auto csv
            = ctl({ "history", "web", "--span", "2m", "--points", "100000", "--columns", "cpu,pss", "--csv" });
        QVERIFY2(csv.exitCode == 0, qPrintable(csv.text()));
        const auto lines = csv.out.split('\n');
        QCOMPARE(lines.front(), QByteArray("time,id,kind,name,figure,unit,least,mean,greatest"));
        QVERIFY2(lines[1].contains("Z,key-of-web,vm,web,cpu_cores,cores,0.5,0.5,0.5"), lines[1]);
        QCOMPARE(csv.out.count(",2,2,2\n"), 1); // the peak; what was never read has no line
        const auto events = ctl({ "history", "web", "--events", "--csv" });
        QVERIFY2(events.out.startsWith("time,id,kind,name,event\n") && events.out.contains(",web,out_of_memory\n"),
            events.out);
        QCOMPARE(ctl({ "history", "--csv" }).exitCode, 2); // of whom?
    }

    void tellsWhatHappened()
    {
        const auto told = ctl({ "history", "web", "--events", "--json" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        const auto events = told.json()[0][u"events"].toArray();
        QCOMPARE(events.size(), 4);
        QCOMPARE(events[3][u"event"].toString(), QStringLiteral("out_of_memory"));
        const auto table = ctl({ "history", "web", "--events", "--span", "25m" });
        QVERIFY2(table.out.contains("out of memory") && !table.out.contains("started"), table.out);
    }

    void marksBelowTheFiguresWhatHappenedMeanwhile()
    {
        const auto told = ctl({ "history", "web", "--span", "30m", "--json" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        QStringList words;
        for (const auto& event : told.json()[0][u"events"].toArray())
            words << event[u"event"].toString();
        QCOMPARE(words.join(u' '), QStringLiteral("throttled snapshot out_of_memory"));
        QCOMPARE(told.json()[0][u"figures"].toArray().size(), 2);
        const auto table = ctl({ "history", "web", "--span", "30m" });
        QVERIFY2(table.out.indexOf("CPU") < table.out.indexOf("HAPPENED AT")
                && table.out.indexOf("HAPPENED AT") < table.out.indexOf("  throttled")
                && table.out.contains("  snapshot") && table.out.contains("  out of memory"),
            table.out);
        const auto many = ctl({ "history", "worker", "--span", "30m" });
        QVERIFY2(many.out.count("  throttled") == 50 && many.out.contains("\nand 3 earlier\n"), many.out);
        const auto calm = ctl({ "history", "web", "--span", "3m" });
        QVERIFY2(calm.exitCode == 0 && !calm.out.contains("HAPPENED AT"), calm.out);
    }

    /// A quarter of an hour, and under it the one that begins a minute before.
    void marksWhatHappenedInBothOfTwoTimes()
    {
        const auto told = ctl({ "history", "web", "--from", clock(-24 * 60 - 30), "--span", "15m", "--against",
            clock(-25 * 60 - 30), "--json" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        for (const auto* side : { u"first", u"second" }) {
            const auto events = told.json()[0][side][u"events"].toArray();
            QCOMPARE(events.size(), 2); // throttled, snapshot
            QCOMPARE(events[0][u"event"].toString(), QStringLiteral("throttled"));
        }
        const auto table = ctl(
            { "history", "web", "--from", clock(-24 * 60 - 30), "--span", "15m", "--against", clock(-25 * 60 - 30) });
        const auto first = table.out.indexOf("first   throttled");
        const auto second = table.out.indexOf("second  throttled");
        QVERIFY2(first > table.out.indexOf("HAPPENED AFTER") && second > first, table.out); // a minute later in it
    }

    void takesMomentsOfTheClock()
    {
        const auto momentAgo = [](int minutes) {
            const auto time = QDateTime::currentDateTime().addSecs(-60 * minutes);
            return time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toStdString();
        };
        const auto between = [&](int from, int to) {
            return ctl({ "history", "web", "--events", "--from", momentAgo(from), "--to", momentAgo(to) });
        };
        const auto early = between(55, 25);
        QVERIFY2(early.out.contains("started") && !early.out.contains("out of memory"), qPrintable(early.text()));
        const auto late = between(25, 0);
        QVERIFY2(!late.out.contains("started") && late.out.contains("out of memory"), qPrintable(late.text()));
        QCOMPARE(between(10, 20).exitCode, 2); // ends before it begins
        QCOMPARE(ctl({ "history", "web", "--from", "2026-13-01" }).exitCode, 2);
    }

    /// 25 seconds, and under them the 25 that follow, in which the peak is.
    void laysTwoTimesOverEachOther()
    {
        const auto told = ctl({ "history", "web", "--from", clock(0), "--span", "25s", "--against", clock(25),
            "--points", "1000", "--columns", "cpu,pss", "--json" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        const auto pair = told.json()[0];
        QCOMPARE(pair[u"second"][u"from_ms"].toDouble() - pair[u"first"][u"from_ms"].toDouble(), 25'000.0);
        QCOMPARE(pair[u"length_ms"].toInt(), 25'000);
        const auto cpu = pair[u"figures"][0];
        QCOMPARE(cpu[u"step_ms"].toInt(), 1000);
        QCOMPARE(cpu[u"points"].toArray().size(), 25);
        int differing = 0;
        for (const auto& point : cpu[u"points"].toArray()) {
            const auto row = point.toArray();
            differing += row[3].toDouble() == 0 ? 0 : 1;
            if (row[2].toDouble() == 2) {
                QCOMPARE(row[3].toDouble(), -1.5);
                QCOMPARE(row[4].toDouble(), 0.25);
                QCOMPARE(row[0].toInt(), 5000);
            }
        }
        QCOMPARE(differing, 1);
        QVERIFY(qAbs(cpu[u"mean"][u"difference"].toDouble() + 1.5 / 25) < 1e-6);
        QVERIFY(pair[u"figures"][1][u"mean"][u"difference"].isNull()); // never read is absent, not 0
        for (const auto* side : { u"first", u"second" }) {
            QVERIFY(cpu[u"missing"].toObject().contains(QStringView(side)) && cpu[u"missing"][side].isNull());
            QCOMPARE(pair[u"figures"][1][u"missing"][side].toString(), sentenceFor(Needs::SmapsRights));
        }
        const auto table = ctl(
            { "history", "web", "--from", clock(0), "--span", "25s", "--against", clock(25), "--against-name", "web" });
        QVERIFY2(table.out.contains("DIFFERENCE") && table.out.contains("-150.0 %"), table.out);
        for (const char* side :
            { "PSS of the first needs ", "PSS of the second needs " }) // both are of the usual columns
            QVERIFY2(table.out.contains(side), table.out);
        const auto explained = ctl({ "history", "web", "--columns", "pss", "--explain" });
        QVERIFY2(
            explained.exitCode == 0 && explained.out.contains("Source: Pss in /proc"), qPrintable(explained.text()));
        const auto csv = ctl(
            { "history", "web", "--from", clock(0), "--span", "1m", "--against", clock(0), "--points", "1", "--csv" });
        QVERIFY2(csv.out.startsWith("offset_s,first_id,")
                && csv.out.contains("\n0,key-of-web,web,key-of-web,web,cpu_cores,"),
            csv.out);
        QCOMPARE(ctl({ "history", "web", "--against-name", "nobody" }).exitCode, 3);
        QCOMPARE(ctl({ "history", "web", "--against", "yesterday" }).exitCode, 2);
        QCOMPARE(ctl({ "history", "--against", clock(0) }).exitCode, 2); // over what?
        QCOMPARE(ctl({ "history", "web", "--from", clock(0), "--to", clock(9), "--span", "5s" }).exitCode, 2);
    }

    void weighsEachSideByTheTimeThatItsReadingsTellOf()
    {
        const auto told = ctl({ "history", "worker", "--from", clock(0), "--span", "30s", "--against-name", "web",
            "--points", "1000", "--columns", "cpu", "--json" });
        QVERIFY2(told.exitCode == 0, qPrintable(told.text()));
        const auto figure = told.json()[0][u"figures"][0];
        QCOMPARE(figure[u"points"].toArray().size(), 30);
        QCOMPARE(figure[u"mean"][u"first"].toDouble(), 4.0); // three bursts of a second in thirty
        const auto itself = ctl({ "history", "worker", "--from", clock(0), "--span", "30s", "--against", clock(0),
            "--points", "1000", "--columns", "cpu", "--json" });
        QCOMPARE(itself.json()[0][u"figures"][0][u"mean"][u"first"].toDouble(), 4.0);
    }

    void saysWhatItDoesNotUnderstand()
    {
        for (const char* span : { "", "5", "0m", "6x", "-1h" }) {
            const auto refused = ctl({ "history", "web", std::string("--span=") + span });
            QVERIFY2(refused.exitCode == 2, qPrintable(refused.text()));
        }
        QCOMPARE(ctl({ "history", "web", "--columns", "nope" }).exitCode, 2);
        QCOMPARE(ctl({ "history", "nobody" }).exitCode, 3);
    }

private:
    /// So long after the first reading.
    std::string clock(int seconds) const
    {
        return QDateTime::fromMSecsSinceEpoch(m_begin + seconds * 1000).toString(Qt::ISODateWithMs).toStdString();
    }

    std::int64_t m_begin = 0;
    test::TemporaryWorld m_world;
    std::unique_ptr<HistoryDatabase> m_database; ///< stays open
};

QTEST_GUILESS_MAIN(CtlHistoryTest)
#include "ctl_history_test.moc"
