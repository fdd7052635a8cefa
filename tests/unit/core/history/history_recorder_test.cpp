// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_recorder.h"

#include "core/metrics/age_clock.h"
#include "core/history/history_queue.h"
#include "core/history/history_reader.h"
#include "core/history/history_writer.h"
#include "tests/support/fake_provider.h"
#include "tests/support/packed_ticks.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

class HistoryRecorderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("deep/history.sqlite")).toStdString();
        m_info = test::makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
    }

    void writesTheRestWhenItEndsAndReadsItAgain()
    {
        {
            HistoryRecorder recorder(m_registry, m_path);
            for (int i = 0; i < 15; ++i)
                recorder.append(frame(i));
        }
        HistoryRecorder recorder(m_registry, m_path);
        QSignalSpy past(&recorder, &HistoryRecorder::pastRead);
        readHour(recorder);
        QVERIFY(past.wait(60'000));
        const auto readings = test::unpacked(past.front()[1].value<PackedTicks>());
        QCOMPARE(readings.size(), std::size_t{ 15 });
        QCOMPARE(*readings[7].values[static_cast<std::size_t>(Metric::CpuCores)], 7.0F);
        QVERIFY(!readings[7].values[static_cast<std::size_t>(Metric::DiskReadRate)]);
    }

    /// What none of them could read has its reason; what one could has none.
    void writesDownWhatFiguresNeeded()
    {
        {
            HistoryRecorder recorder(m_registry, m_path);
            for (int i = 0; i < 3; ++i) {
                MetricsFrame made = frame(i);
                made.points[0][Metric::DiskReadRate] = Needs::IoController;
                made.points[0][Metric::DiskWriteRate] = i == 1 ? Reading<double>(5.0) : Needs::NextLibvirtReading;
                recorder.append(made);
            }
        }
        const auto database = HistoryDatabase::open(m_path, HistoryDatabase::Access::Read);
        QVERIFY(database);
        const HistorySpan span{ wallClockMilliseconds() - 120'000, wallClockMilliseconds() };
        const auto reason = [&](Metric metric) { return (*database)->absence(m_info.id, metric, span); };
        QCOMPARE(*reason(Metric::DiskReadRate), sentenceFor(Needs::IoController));
        QCOMPARE(*reason(Metric::DiskWriteRate), QString());
        QCOMPARE(*reason(Metric::CpuCores), QString());
    }

    void answersQuestionsThatWereNotDropped()
    {
        HistoryReader none(m_path); // nothing was written yet
        QCOMPARE(answers(none), 1);
        {
            HistoryRecorder recorder(m_registry, m_path);
            for (int i = 0; i < 15; ++i)
                recorder.append(frame(i));
        }
        HistoryReader reader(m_path);
        QCOMPARE(answers(reader), 1);
        QCOMPARE(m_points, std::size_t{ 15 });
    }

    void movesABrokenFileAsideAndSaysSo()
    {
        QDir().mkpath(m_folder->filePath(QStringLiteral("deep")));
        QFile file(QString::fromStdString(m_path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(8192, 'x'));
        file.close();
        HistoryRecorder recorder(m_registry, m_path);
        QSignalSpy failed(&recorder, &HistoryRecorder::failed);
        QSignalSpy past(&recorder, &HistoryRecorder::pastRead);
        readHour(recorder);
        QVERIFY(past.wait(60'000));
        QCOMPARE(failed.size(), 1);
        QCOMPARE(failed.front()[0].value<Error>().code, ErrorCode::Corrupt);
        const QDir folder = QFileInfo(file.fileName()).dir();
        QCOMPARE(folder.entryList({ QStringLiteral("history.sqlite.broken-*") }).size(), 1);
    }

    /// The disk hangs for as long as another writer holds the file.
    void holdsNoMoreThanItsBoundAndMarksTheGap()
    {
        QSqlDatabase holder = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("holder"));
        {
            HistoryRecorder recorder(m_registry, m_path, 60);
            QSignalSpy failed(&recorder, &HistoryRecorder::failed);
            QSignalSpy past(&recorder, &HistoryRecorder::pastRead);
            readHour(recorder); // makes the file
            QVERIFY(past.wait(60'000));
            holder.setDatabaseName(QString::fromStdString(m_path));
            QVERIFY(holder.open());
            (void)holder.exec(QStringLiteral("BEGIN IMMEDIATE"));
            QVERIFY(!holder.lastError().isValid());
            for (int i = 0; i < 110; ++i) {
                MetricsFrame earlier = frame(i);
                earlier.wallMilliseconds -= 600'000;
                recorder.append(earlier);
            }
            QCOMPARE(failed.size(), 1);
            QCOMPARE(failed.front()[0].value<Error>().code, ErrorCode::Timeout);
            (void)holder.exec(QStringLiteral("ROLLBACK"));
        }
        holder.close();
        HistoryRecorder recorder(m_registry, m_path);
        QSignalSpy past(&recorder, &HistoryRecorder::pastRead);
        QSignalSpy events(&recorder, &HistoryRecorder::eventsRead);
        readHour(recorder);
        recorder.readEvents(m_info.id);
        QVERIFY(past.wait(60'000) && (!events.isEmpty() || events.wait(60'000)));
        const auto readings = test::unpacked(past.front()[1].value<PackedTicks>());
        const auto told = events.front()[1].value<std::vector<HistoryEvent>>();
        QCOMPARE(told.size(), std::size_t{ 1 });
        QCOMPARE(told.front().kind, WorkloadEventKind::FiguresLost);
        std::vector<float> cpus;
        for (const TickValues& reading : readings)
            cpus.push_back(*reading.values[static_cast<std::size_t>(Metric::CpuCores)]);
        QVERIFY(cpus.size() >= 30
            && cpus.size() < 110); // whole batches up to the bound, and what the writer had taken before
        QCOMPARE(cpus.back(), 109.0F);
    }

    void makesRoomByTheOldestAndKeepsWhatHappened()
    {
        HistoryQueue queue(25);
        const auto batch = [this](std::int64_t from, std::vector<HistoryEvent> events) {
            HistoryBatch made{ m_info.id, m_info.name, {}, std::move(events) };
            for (std::int64_t i = 0; i < 10; ++i)
                made.readings.append({ (from + i) * 1000, {} });
            return std::vector{ made };
        };
        const HistoryEvent stopped{ 5000, WorkloadEventKind::Stopped };
        QVERIFY(queue.push(batch(0, { stopped })).wasEmpty);
        QCOMPARE(queue.push(batch(10, {})).lostReadings, std::size_t{ 0 });
        QCOMPARE(queue.push(batch(20, {})).lostReadings, std::size_t{ 10 });
        const auto pushed = queue.push(batch(30, {}));
        QCOMPARE(pushed.lostReadings, std::size_t{ 10 });
        QVERIFY(!pushed.wasEmpty);
        const auto all = queue.take();
        QCOMPARE(all.size(), std::size_t{ 3 });
        QCOMPARE(all[0].events, (std::vector{ HistoryEvent{ 0, WorkloadEventKind::FiguresLost }, stopped }));
        QVERIFY(all[0].readings.isEmpty());
        QCOMPARE(all[1].readings.firstTime(), std::int64_t{ 20'000 });
        QVERIFY(queue.take().empty());
        QVERIFY(queue.push(batch(40, {})).wasEmpty);
    }

    void saysOnceThatNothingCanBeWritten()
    {
        HistoryWriter writer("/proc/self/history/history.sqlite");
        QSignalSpy failed(&writer, &HistoryWriter::failed);
        QSignalSpy written(&writer, &HistoryWriter::written);
        HistoryBatch batch{ m_info.id, m_info.name, {}, {} };
        TickValues tick{ 1000, {} };
        tick.values[0] = 1.0F;
        batch.readings.append(tick);
        for (int i = 0; i < 3; ++i)
            writer.write({ batch }, 2000);
        QCOMPARE(failed.size(), 1);
        QVERIFY(written.isEmpty()); // whoever keeps it in memory must go on
    }

    /// A clock that jumps a year ahead makes nothing old; one that was always there does.
    void dropsNothingByAClockThatWasSetFarAhead()
    {
        const auto batchAt = [this](std::int64_t milliseconds) {
            HistoryBatch batch{ m_info.id, m_info.name, {}, {} };
            TickValues tick{ milliseconds, {} };
            tick.values[0] = 1.0F;
            batch.readings.append(tick);
            return batch;
        };
        constexpr std::int64_t kThen = 1'800'000'000'000;
        const std::int64_t later = kThen + 365 * kDayMilliseconds;
        {
            HistoryWriter writer(m_path);
            writer.write({ batchAt(kThen) }, kThen);
            writer.write({ batchAt(later) }, later);
        }
        const auto kept = [this] {
            const auto database = HistoryDatabase::open(m_path, HistoryDatabase::Access::Read);
            const auto readings = database ? (*database)->readings(m_info.id, { kThen - 1000, kThen + 1000 })
                                           : Result<PackedTicks>(database.error());
            return readings ? static_cast<int>(readings->size()) : -1;
        };
        QCOMPARE(kept(), 1);
        HistoryWriter writer(m_path);
        writer.write({ batchAt(later + 60'000) }, later + 60'000);
        QCOMPARE(kept(), 0);
    }

    void writesDownWhatRestedForTheTimeBetween()
    {
        {
            HistoryRecorder recorder(m_registry, m_path);
            recorder.append(frame(0));
            MetricsFrame later = frame(30);
            later.points[0].sparedSince = later.monotonicNanoseconds - 30'000'000'000;
            recorder.append(later);
        }
        HistoryRecorder recorder(m_registry, m_path);
        QSignalSpy past(&recorder, &HistoryRecorder::pastRead);
        readHour(recorder);
        QVERIFY(past.wait(60'000));
        const auto ticks = test::unpacked(past[0][1].value<PackedTicks>());
        QCOMPARE(ticks.size(), std::size_t{ 4 });
        QCOMPARE(ticks[3].time - ticks[1].time, std::int64_t{ 20'000 });
        QCOMPARE(*ticks[1].values[static_cast<std::size_t>(Metric::CpuCores)], 30.0F);
    }

    void writesDownTheEndOfARest()
    {
        {
            HistoryRecorder recorder(m_registry, m_path);
            recorder.append(frame(0));
            MetricsFrame later = frame(5);
            later.points[0].sparedSince = later.monotonicNanoseconds - 5'000'000'000;
            later.points[0].restedUntil = later.monotonicNanoseconds - 1'000'000'000;
            later.points[0].restCpuCores = 0.25;
            recorder.append(later);
        }
        HistoryRecorder recorder(m_registry, m_path);
        QSignalSpy past(&recorder, &HistoryRecorder::pastRead);
        readHour(recorder);
        QVERIFY(past.wait(60'000));
        const auto ticks = test::unpacked(past[0][1].value<PackedTicks>());
        QCOMPARE(ticks.size(), std::size_t{ 3 });
        QCOMPARE(ticks[2].time - ticks[1].time, std::int64_t{ 1000 });
        QCOMPARE(*ticks[1].values[static_cast<std::size_t>(Metric::CpuCores)], 0.25F);
        QCOMPARE(*ticks[2].values[static_cast<std::size_t>(Metric::CpuCores)], 5.0F);
    }

    void keepsAMinuteWhileNobodyLooks()
    {
        HistoryRecorder recorder(m_registry, m_path);
        QSignalSpy past(&recorder, &HistoryRecorder::pastRead);
        recorder.setAttention(Attention::Unwatched);
        for (int i = 0; i < 60; ++i)
            recorder.append(frame(i));
        readHour(recorder); // behind what was handed over
        QVERIFY(past.wait(60'000));
        QVERIFY(past[0][1].value<PackedTicks>().isEmpty());
        recorder.setAttention(Attention::Watched);
        recorder.append(frame(61));
        readHour(recorder);
        QVERIFY(past.wait(60'000));
        QVERIFY(past[1][1].value<PackedTicks>().size() >= 60); // the last lies ahead
    }

    void tellsUntilWhenAllIsWritten()
    {
        HistoryRecorder recorder(m_registry, m_path);
        QSignalSpy written(&recorder, &HistoryRecorder::written);
        const std::int64_t last = ageClockNanoseconds() - 60'000'000'000 + 31'000'000'000; // as frame() says
        for (int i = 0; i <= 31; ++i)
            recorder.append(frame(i));
        QVERIFY(written.wait(60'000));
        const auto until = written.front()[0].toLongLong();
        QVERIFY2(until <= last && until > last - 3'000'000'000, qPrintable(QString::number(until - last)));
    }

private:
    void readHour(HistoryRecorder& recorder) const
    {
        recorder.readPast(m_info.id, ageClockNanoseconds() - 3'600'000'000'000);
    }

    /// Of `second` seconds after the first; CPU is the second's number.
    MetricsFrame frame(int second) const
    {
        MetricsFrame made;
        made.monotonicNanoseconds = ageClockNanoseconds() + second * 1'000'000'000LL;
        made.wallMilliseconds = wallClockMilliseconds() - 60'000 + second * 1000;
        MetricPoint point;
        point.id = m_info.id;
        point[Metric::CpuCores] = double(second);
        made.points.push_back(point);
        return made;
    }

    /// Asks twice and drops the first; how many answers came until the second.
    int answers(HistoryReader& reader)
    {
        int count = 0;
        bool isOver = false;
        const auto ask = [&](bool isLast) {
            auto question = std::make_shared<PastQuestion>();
            question->workloads = { m_info.id };
            question->metrics = { Metric::CpuCores };
            question->fromMilliseconds = wallClockMilliseconds() - 120'000;
            question->toMilliseconds = wallClockMilliseconds() + 120'000;
            reader.ask(question, [&, isLast](const Result<PastAnswer>& answer) {
                ++count;
                isOver = isLast;
                m_points = answer && !answer->columns.empty() ? answer->columns.begin()->second.size() : 0;
            });
            return question;
        };
        ask(false)->isDropped = true;
        ask(true);
        (void)QTest::qWaitFor([&isOver] { return isOver; }, 60'000);
        return count;
    }

    std::size_t m_points = 0;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    WorkloadRegistry m_registry;
    WorkloadInfo m_info;
};

QTEST_GUILESS_MAIN(HistoryRecorderTest)
#include "history_recorder_test.moc"
