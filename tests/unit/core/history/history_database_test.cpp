// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_database.h"

#include "tests/support/forked_child.h"
#include "tests/support/packed_ticks.h"

#include <QFile>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <limits>

using namespace twinhull;

namespace {

using Access = HistoryDatabase::Access;

constexpr std::int64_t kNow = 1'800'000'000'000; ///< milliseconds since the epoch, a whole minute
const WorkloadId kWeb{ WorkloadKind::Container, QStringLiteral("web-key") };

/// `seconds` readings from `from` on; CPU is the second's number, at the 30th a peak of 1000.
HistoryBatch batch(std::int64_t from, int seconds, const WorkloadId& id = kWeb)
{
    HistoryBatch made{ id, QStringLiteral("web"), {}, {} };
    for (int i = 0; i < seconds; ++i) {
        TickValues reading{ from + i * 1000, {} };
        reading.values[static_cast<std::size_t>(Metric::CpuCores)] = i == 30 ? 1000.0F : float(i);
        if (i % 5 == 0)
            reading.values[static_cast<std::size_t>(Metric::PssBytes)] = 64.0F;
        made.readings.append(reading);
    }
    return made;
}

/// CPU at seconds after `from`.
HistoryBatch batchOf(std::int64_t from, const std::vector<std::pair<int, float>>& values)
{
    HistoryBatch made{ kWeb, QStringLiteral("web"), {}, {} };
    for (const auto& [second, value] : values) {
        TickValues reading{ from + second * 1000, {} };
        reading.values[static_cast<std::size_t>(Metric::CpuCores)] = value;
        made.readings.append(reading);
    }
    return made;
}

} // namespace

class HistoryDatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("history.sqlite")).toStdString();
        m_database = openOrNull(Access::Write);
        QVERIFY(m_database);
    }
    void cleanup() { m_database.reset(); }

    void tellsWhatWasWritten()
    {
        write(batch(kNow - 60'000, 60));
        const auto points = pointsOf({ kNow - 60'000, kNow }, 1000);
        QCOMPARE(points.size(), std::size_t{ 60 });
        QCOMPARE(points[3].range.mean, 3.0F);
        QCOMPARE(points[3].wallMilliseconds, kNow - 57'000);
        const auto readings = m_database->readings(kWeb, { kNow - 10'000, kNow });
        QVERIFY(readings);
        const auto ticks = test::unpacked(*readings);
        QCOMPARE(ticks.size(), std::size_t{ 10 });
        QVERIFY(ticks[0].values[static_cast<std::size_t>(Metric::PssBytes)].has_value());
        QVERIFY(!ticks[1].values[static_cast<std::size_t>(Metric::PssBytes)].has_value());
        QVERIFY(!ticks[1].values[static_cast<std::size_t>(Metric::DiskReadRate)].has_value());
    }

    void keepsPeaksInFewPoints()
    {
        write(batch(kNow - 60'000, 60));
        const auto points = pointsOf({ kNow - 60'000, kNow }, 6);
        QCOMPARE(points.size(), std::size_t{ 6 });
        QCOMPARE(points[3].range.greatest, 1000.0F);
        QCOMPARE(points[3].range.least, 31.0F);
        QCOMPARE(points[0].range.mean, 4.5F);
    }

    /// A burst of a second each ten; the rest before it is one value of nine seconds.
    void weighsAValueByTheTimeThatItTellsOf()
    {
        for (int minute = -1; minute < 2; ++minute) {
            std::vector<std::pair<int, float>> values;
            for (int second = 0; second < 60; second += 10)
                values.insert(values.end(), { { second, 40.0F }, { second + 9, 0.0F } });
            write(batchOf(kNow + minute * kMinuteMilliseconds, values));
        }
        for (const HistoryPoint& point : pointsOf({ kNow, kNow + kMinuteMilliseconds }, 6))
            QCOMPARE(point.range.mean, 4.0F);
        tidy(kNow + kMinuteMilliseconds);
        const HistorySpan day{ kNow, kNow + kDayMilliseconds };
        const auto minutes = pointsOf(day, 1440); // the second of them is not folded yet
        QCOMPARE(minutes.size(), std::size_t{ 2 });
        for (const HistoryPoint& minute : minutes) {
            QCOMPARE(minute.range.mean, 4.0F);
            QCOMPARE(minute.range.greatest, 40.0F);
        }
    }

    /// A gap is no time that anybody tells of, and a minute weighs more than a value after it.
    void weighsAGapAsATickAndAMinuteAsAMinute()
    {
        write(batchOf(kNow, { { 1, 10.0F }, { 31, 20.0F }, { 32, 30.0F } }));
        QCOMPARE(pointsOf({ kNow, kNow + kMinuteMilliseconds }, 1).front().range.mean, 20.0F);
        tidy(kNow + kMinuteMilliseconds);
        write(batchOf(kNow + kMinuteMilliseconds, { { 0, 81.0F } }));
        const auto points = pointsOf({ kNow, kNow + kDayMilliseconds }, 1);
        QCOMPARE(points.size(), std::size_t{ 1 });
        QCOMPARE(points[0].range.mean, 21.0F); // of 60 s and 1 s
    }

    /// A disk without requests has no latency: what comes after it is none of the time before.
    void weighsNoValueByReadingsWithoutOne()
    {
        HistoryBatch made{ kWeb, QStringLiteral("web"), {}, {} };
        for (int second = 0; second < 20; ++second) {
            TickValues reading{ kNow + second * 1000, {} };
            reading.values.fill(std::numeric_limits<float>::quiet_NaN());
            reading.values[static_cast<std::size_t>(Metric::ResidentBytes)] = 1.0F;
            if (second < 5 || second >= 15)
                reading.values[static_cast<std::size_t>(Metric::CpuCores)] = second < 5 ? 1.0F : 50.0F;
            made.readings.append(reading);
        }
        write(made);
        QCOMPARE(pointsOf({ kNow, kNow + kMinuteMilliseconds }, 1).front().range.mean, 25.5F);
    }

    void isThereForAnotherProcessAndAfterARestart()
    {
        write(batch(kNow - 60'000, 60));
        auto reader = openOrNull(Access::Read); // beside the one that writes
        QVERIFY(reader);
        const auto workloads = reader->workloads();
        QVERIFY(workloads);
        QCOMPARE(workloads->size(), std::size_t{ 1 });
        QCOMPARE(workloads->at(0).name, QStringLiteral("web"));
        QCOMPARE(workloads->at(0).firstMilliseconds, kNow - 60'000);
        QCOMPARE(workloads->at(0).lastMilliseconds, kNow - 1000);
        reader.reset();
        m_database = openOrNull(Access::Write);
        QCOMPARE(pointsOf({ kNow - 60'000, kNow }, 1000).size(), std::size_t{ 60 });
    }

    void foldsMinutesAndDropsWhatIsOld()
    {
        const std::int64_t begin = kNow - kDayMilliseconds - 10 * kMinuteMilliseconds;
        for (int minute = 0; minute < 3; ++minute)
            write(batch(begin + minute * kMinuteMilliseconds, 60));
        tidy(begin + 2 * kMinuteMilliseconds);
        const auto rest = pointsOf({ begin, begin + kDayMilliseconds }, 10'000);
        QVERIFY(rest.size() > 3); // seconds of what was not made a minute yet
        QCOMPARE(rest[2].wallMilliseconds, begin + 2 * kMinuteMilliseconds);
        tidy(begin + 3 * kMinuteMilliseconds);
        tidy(begin + 3 * kMinuteMilliseconds + 500); // once is enough
        const HistorySpan whole{ begin, begin + kDayMilliseconds };
        const auto minutes = pointsOf(whole, 10'000); // longer than six hours: minutes
        QCOMPARE(minutes.size(), std::size_t{ 3 });
        QCOMPARE(minutes[1].wallMilliseconds, begin + kMinuteMilliseconds);
        QCOMPARE(minutes[1].range.greatest, 1000.0F);
        QCOMPARE(minutes[1].range.least, 0.0F);
        QCOMPARE(minutes[1].range.mean, float((59 * 60 / 2 - 30 + 1000) / 60.0));

        tidy(kNow); // a day later: seconds are gone, minutes are not
        QVERIFY(m_database->readings(kWeb, whole)->isEmpty());
        QCOMPARE(pointsOf({ begin, begin + 3 * kMinuteMilliseconds }, 100).size(), std::size_t{ 3 });
        tidy(begin + kMinutesKeptMilliseconds + kDayMilliseconds);
        QVERIFY(pointsOf(whole, 100).empty());
        QVERIFY(m_database->workloads()->empty());
    }

    void foldsTheMinuteThatARestartCutInTwo()
    {
        write(batch(kNow - 60'000, 20));
        m_database.reset();
        m_database = openOrNull(Access::Write);
        write(batch(kNow - 30'000, 30));
        tidy(kNow);
        const auto minutes = pointsOf({ kNow - kDayMilliseconds, kNow }, 10'000);
        QCOMPARE(minutes.size(), std::size_t{ 1 });
        QCOMPARE(minutes[0].range.greatest, 29.0F);
    }

    void takesAClockThatIsSet()
    {
        HistoryBatch both = batch(kNow, 5);
        for (const std::int64_t moment : { kNow - 3'600'000, kNow + 3'600'000 })
            batch(moment, 5).readings.visit([&both](const TickValues& tick) { both.readings.append(tick); });
        write(both);
        QCOMPARE(pointsOf({ kNow - 3'600'000, kNow + 3'700'000 }, 100'000).size(), std::size_t{ 15 });
    }

    /// The same half minute comes twice, as after a step back: its points stay in order, and its minutes are made anew.
    void keepsTheOrderWhereTheClockWasSetBack()
    {
        write(batch(kNow - 120'000, 60));
        tidy(kNow);
        write(batch(kNow - 90'500, 30));
        const auto points = pointsOf({ kNow - 120'000, kNow }, 120);
        QVERIFY(std::is_sorted(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a.wallMilliseconds < b.wallMilliseconds; }));
        QCOMPARE(points.size(), std::size_t{ 60 });
        QCOMPARE(points[40].range.least, 11.0F); // both of that second
        QCOMPARE(points[40].range.greatest, 40.0F);
        tidy(kNow + 60'000);
        const auto minutes = pointsOf({ kNow - kDayMilliseconds, kNow }, 10'000);
        QCOMPARE(minutes.size(), std::size_t{ 1 });
        QVERIFY(qAbs(double(minutes[0].range.mean) - (59.0 * 60 / 2 - 30 + 1000 + 29.0 * 30 / 2) / 90) < 0.01);
    }

    void answersManyAtEqualTimesWithTheirPeaks()
    {
        const WorkloadId vm{ WorkloadKind::Vm, QStringLiteral("vm-key") };
        const HistoryBatch both[] = { batch(kNow - 60'000, 60), batch(kNow - 59'600, 60, vm) };
        QVERIFY(m_database->write(both));
        const auto answer = past({ kWeb, vm }, { kNow - 60'000, kNow }, 10'000);
        QCOMPARE(answer.stepMilliseconds, std::int64_t{ 10'000 });
        const auto& web = answer.columns.at({ kWeb, Metric::CpuCores });
        const auto& other = answer.columns.at({ vm, Metric::CpuCores });
        QCOMPARE(web.size(), std::size_t{ 6 });
        QCOMPARE(other.size(), std::size_t{ 6 });
        for (std::size_t i = 0; i < web.size(); ++i)
            QCOMPARE(web[i].wallMilliseconds, other[i].wallMilliseconds);
        QCOMPARE(web[3].wallMilliseconds, kNow - 25'000);
        QCOMPARE(web[3].greatest, 1000.0F);
        QCOMPARE(web[3].least, 31.0F);
        QVERIFY(answer.columns.at({ kWeb, Metric::DiskReadRate }).empty()); // never read is absent, not 0
    }

    void answersWithMinutesWhereSecondsAreGoneAndSecondsWhereNoMinutesAreYet()
    {
        const std::int64_t begin = kNow - kDayMilliseconds - 10 * kMinuteMilliseconds;
        for (int minute = 0; minute < 3; ++minute)
            write(batch(begin + minute * kMinuteMilliseconds, 60));
        tidy(kNow - kMinuteMilliseconds);
        write(batch(kNow - 30'000, 30)); // not made a minute yet
        const auto answer = past({ kWeb }, { begin, kNow }, 5000);
        QCOMPARE(answer.stepMilliseconds, kMinuteMilliseconds); // no seconds of the beginning
        const auto& points = answer.columns.at({ kWeb, Metric::CpuCores });
        QCOMPARE(points.size(), std::size_t{ 4 });
        QCOMPARE(points[2].greatest, 1000.0F);
        QCOMPARE(points[3].greatest, 29.0F);
        QCOMPARE(points[3].wallMilliseconds, kNow - 30'000);
        const auto within = past({ kWeb }, { begin + 20'000, begin + 30'000 }, 1000); // of one minute
        QCOMPARE(within.columns.at({ kWeb, Metric::CpuCores }).size(), std::size_t{ 1 });
        QCOMPARE(within.columns.at({ kWeb, Metric::CpuCores })[0].wallMilliseconds, begin + 30'000);
        const auto fresh = past({ kWeb }, { kNow - kMinuteMilliseconds, kNow }, 1000);
        QCOMPARE(fresh.stepMilliseconds, std::int64_t{ 1000 });
        QCOMPARE(fresh.columns.at({ kWeb, Metric::CpuCores }).size(), std::size_t{ 30 });
    }

    void keepsWhatHappenedOnceAndFor30Days()
    {
        HistoryBatch one{ kWeb, QStringLiteral("web"), {},
            { { kNow - 9000, WorkloadEventKind::Started }, { kNow - 1000, WorkloadEventKind::Throttled } } };
        write(one);
        one.events = { { kNow - 8990, WorkloadEventKind::Started }, { kNow, WorkloadEventKind::Stopped } };
        write(one); // the start as another run of the program saw it
        const HistorySpan span{ kNow - kDayMilliseconds, kNow + 1 };
        const std::vector<HistoryEvent> expected{ { kNow - 9000, WorkloadEventKind::Started },
            { kNow - 1000, WorkloadEventKind::Throttled }, { kNow, WorkloadEventKind::Stopped } };
        QCOMPARE(*m_database->events(kWeb, span, 10), expected);
        QCOMPARE(m_database->events(kWeb, span, 1)->size(), std::size_t{ 1 });
        QVERIFY(m_database->events({ WorkloadKind::Vm, QStringLiteral("other") }, span, 10)->empty());
        tidy(kNow + kMinutesKeptMilliseconds - kDayMilliseconds);
        QCOMPARE(m_database->events(kWeb, span, 10)->size(), std::size_t{ 3 });
        tidy(kNow + kMinutesKeptMilliseconds);
        QCOMPARE(m_database->events(kWeb, span, 10)->size(), std::size_t{ 1 });
    }

    void keepsTheLatestOfManyEventsOfAKind()
    {
        HistoryBatch one{ kWeb, QStringLiteral("web"), {}, { { kNow - 60'000, WorkloadEventKind::OutOfMemory } } };
        for (std::int64_t i = -3; i < kMostEventsKept; ++i)
            one.events.push_back({ kNow + i * 5000, WorkloadEventKind::Throttled });
        write(one);
        tidy(kNow + kMostEventsKept * 5000);
        const auto events = m_database->events(kWeb, { 0, kNow + kDayMilliseconds }, 100'000);
        QCOMPARE(static_cast<std::int64_t>(events->size()), kMostEventsKept + 1);
        QCOMPARE(events->front().kind, WorkloadEventKind::OutOfMemory);
        QCOMPARE(events->at(1).wallMilliseconds, kNow);
    }

    void keepsWhyAFigureWasNotRead()
    {
        for (int minute = 0; minute < 10; ++minute) { // one span a reason, whatever each batch says anew
            HistoryBatch one = batch(kNow + minute * kMinuteMilliseconds, 60);
            one.absent = { { Metric::DiskReadRate, minute < 7 ? Needs::IoController : Needs::IoStat },
                { Metric::KvmExitRate, Needs::Kvm } };
            write(one);
        }
        const HistorySpan all{ kNow, kNow + kDayMilliseconds };
        QCOMPARE(absence(Metric::DiskReadRate, all), sentenceFor(Needs::IoController)); // for the longest part
        QCOMPARE(absence(Metric::DiskReadRate, { kNow + 8 * kMinuteMilliseconds, kNow + kDayMilliseconds }),
            sentenceFor(Needs::IoStat));
        QCOMPARE(absence(Metric::KvmExitRate, all), sentenceFor(Needs::Kvm));
        QCOMPARE(absence(Metric::CpuCores, all), QString()); // it was read
        QCOMPARE(absence(Metric::KvmExitRate, { kNow - kDayMilliseconds, kNow }), QString());
        QCOMPARE(rawNumber("SELECT count(*) FROM absence"), 3);
        QCOMPARE(rawNumber("SELECT (max(last) - min(last)) / 1000 FROM absence"), 180); // what was over grew no more
        const PastAnswer answer = past({ kWeb }, { kNow, kNow + kDayMilliseconds }, 60'000);
        QCOMPARE(answer.absences.size(), std::size_t{ 1 }); // of the two that are asked for
        QCOMPARE(answer.absences.at({ kWeb, Metric::DiskReadRate }), sentenceFor(Needs::IoController));
        tidy(kNow + kMinutesKeptMilliseconds + kDayMilliseconds);
        QCOMPARE(rawNumber("SELECT count(*) FROM absence"), 0);
    }

    void goesOnWithTheReasonsOfAnotherRun()
    {
        const auto writeMinute = [this](int minute) {
            HistoryBatch one = batch(kNow + minute * kMinuteMilliseconds, 60);
            one.absent = { { Metric::DiskReadRate, Needs::IoController }, { Metric::KvmExitRate, Needs::Kvm } };
            write(one);
        };
        writeMinute(0);
        writeMinute(1);
        m_database = openOrNull(Access::Write);
        QVERIFY(m_database);
        writeMinute(2);
        writeMinute(3);
        QCOMPARE(rawNumber("SELECT count(*) FROM absence"), 2);
        QCOMPARE(rawNumber("SELECT (min(last) - max(first)) / 1000 FROM absence"), 239);
        raw("DELETE FROM absence"); // another program tidied
        writeMinute(4);
        writeMinute(5);
        QCOMPARE(rawNumber("SELECT (max(last) - min(first)) / 1000 FROM absence"), 119);
        raw("UPDATE absence SET last = last + 7 WHERE need = (SELECT min(need) FROM absence)"); // it wrote one of them
        writeMinute(6);
        writeMinute(7);
        QCOMPARE(rawNumber("SELECT count(*) FROM absence"), 2);
        QCOMPARE(rawNumber("SELECT max(last) - min(last) FROM absence"), 0);
    }

    void tellsTheReasonInTheWordsOfAnotherVersion()
    {
        HistoryBatch one = batch(kNow, 5);
        one.absent = { { Metric::KvmExitRate, Needs::Kvm } };
        write(one);
        raw("UPDATE need SET key = 'needs luck: wait' WHERE id = (SELECT need FROM absence)");
        QCOMPARE(absence(Metric::KvmExitRate, { kNow, kNow + 5000 }), QStringLiteral("needs luck: wait"));
    }

    /// Written before there were reasons: it is read as it is, and has them from the next writing on.
    void readsAHistoryWithoutReasons()
    {
        write(batch(kNow, 5));
        raw("DROP TABLE absence");
        raw("DROP TABLE need");
        m_database = openOrNull(Access::Read);
        QVERIFY(m_database);
        QCOMPARE(pointsOf({ kNow, kNow + 60'000 }, 1000).size(), std::size_t{ 5 });
        QCOMPARE(absence(Metric::KvmExitRate, { kNow, kNow + 60'000 }), QString());
        QVERIFY(past({ kWeb }, { kNow, kNow + 60'000 }, 1000).absences.empty());
        m_database = openOrNull(Access::Write);
        QVERIFY(m_database);
        HistoryBatch one = batch(kNow + 5000, 5);
        one.absent = { { Metric::KvmExitRate, Needs::Kvm } };
        write(one);
        QCOMPARE(absence(Metric::KvmExitRate, { kNow, kNow + 60'000 }), sentenceFor(Needs::Kvm));
    }

    void stopsReadingWhatNobodyWaitsFor()
    {
        write(batch(kNow - 60'000, 60));
        PastQuestion question;
        question.workloads = { kWeb };
        question.metrics = { Metric::CpuCores };
        question.toMilliseconds = kNow;
        question.isDropped = true;
        const auto answer = m_database->past(question);
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::Cancelled);
    }

    void losesNothingOfWhatWasWrittenToAKill()
    {
        m_database.reset();
        const test::ForkedChild child([this] {
            auto database = HistoryDatabase::open(m_path, Access::Write);
            const HistoryBatch one = batch(kNow - 60'000, 60);
            return database && (*database)->write({ &one, 1 }) && database->release() != nullptr; // not closed
        });
        QVERIFY(child.isPrepared());
        ::kill(child.pid(), SIGKILL);
        m_database = openOrNull(Access::Write);
        QVERIFY(m_database);
        QCOMPARE(pointsOf({ kNow - 60'000, kNow }, 1000).size(), std::size_t{ 60 });
    }

    void saysWhatIsWrong()
    {
        const auto none = HistoryDatabase::open(m_path + "-none", Access::Read);
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::NotFound);
        m_database.reset();
        QFile file(QString::fromStdString(m_path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(8192, 'x'));
        file.close();
        QFile::remove(file.fileName() + QStringLiteral("-wal"));
        const auto broken = HistoryDatabase::open(m_path, Access::Write);
        QVERIFY(!broken);
        QCOMPARE(broken.error().code, ErrorCode::Corrupt);
    }

    void writesToOneOfManyOnly()
    {
        const WorkloadId vm{ WorkloadKind::Vm, QStringLiteral("web-key") };
        const HistoryBatch both[] = { batch(kNow - 60'000, 10), batch(kNow - 60'000, 20, vm) };
        QVERIFY(m_database->write(both));
        QCOMPARE(pointsOf({ kNow - 60'000, kNow }, 1000).size(), std::size_t{ 10 });
        QCOMPARE(m_database->workloads()->size(), std::size_t{ 2 });
    }

private:
    std::unique_ptr<HistoryDatabase> openOrNull(Access access) const
    {
        auto opened = HistoryDatabase::open(m_path, access);
        if (!opened)
            qWarning("%s", opened.error().message.c_str());
        return opened ? *std::move(opened) : nullptr;
    }
    void write(const HistoryBatch& one)
    {
        const auto written = m_database->write({ &one, 1 });
        QVERIFY2(written, written ? "" : written.error().message.c_str());
    }
    void tidy(std::int64_t now)
    {
        const auto tidied = m_database->tidy(now);
        QVERIFY2(tidied, tidied ? "" : tidied.error().message.c_str());
    }
    QString absence(Metric metric, const HistorySpan& span) const
    {
        const auto reason = m_database->absence(kWeb, metric, span);
        return reason ? *reason : QString::fromStdString(reason.error().message);
    }
    /// Beside the database, as another program.
    QVariant raw(const char* statement) const
    {
        QVariant value;
        {
            auto other = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("raw"));
            other.setDatabaseName(QString::fromStdString(m_path));
            QSqlQuery query = other.open() ? other.exec(QLatin1String(statement)) : QSqlQuery();
            if (query.lastError().isValid() || !query.isActive())
                qWarning("%s", qPrintable(query.lastError().text()));
            value = query.next() ? query.value(0) : QVariant();
        }
        QSqlDatabase::removeDatabase(QStringLiteral("raw"));
        return value;
    }
    int rawNumber(const char* statement) const { return raw(statement).toInt(); }
    std::vector<HistoryPoint> pointsOf(const HistorySpan& span, std::size_t most) const
    {
        const auto points = m_database->points(kWeb, Metric::CpuCores, span, most);
        if (!points)
            qWarning("%s", points.error().message.c_str());
        return points ? *points : std::vector<HistoryPoint>();
    }

    PastAnswer past(std::vector<WorkloadId> ids, const HistorySpan& span, std::int64_t step) const
    {
        PastQuestion question;
        question.workloads = std::move(ids);
        question.metrics = { Metric::CpuCores, Metric::DiskReadRate };
        question.fromMilliseconds = span.fromMilliseconds;
        question.toMilliseconds = span.toMilliseconds;
        question.stepMilliseconds = step;
        const auto answer = m_database->past(question);
        if (!answer)
            qWarning("%s", answer.error().message.c_str());
        return answer ? *answer : PastAnswer();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    std::unique_ptr<HistoryDatabase> m_database;
};

QTEST_GUILESS_MAIN(HistoryDatabaseTest)
#include "history_database_test.moc"
