// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_overlay.h"

#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

constexpr std::int64_t kNoon = 1'800'000'000'000; ///< milliseconds since the epoch, a whole minute
constexpr std::int64_t kThreeDaysBefore = kNoon - 3 * kDayMilliseconds;
const WorkloadId kWeb{ WorkloadKind::Container, QStringLiteral("web-key") };
const WorkloadId kDb{ WorkloadKind::Vm, QStringLiteral("db-key") };

/// Ten minutes of seconds of that CPU time, with a peak of 50 in the fifth.
HistoryBatch tenMinutes(const WorkloadId& id, std::int64_t from, float cores)
{
    HistoryBatch made{ id, id.key, {}, {} };
    for (int i = 0; i < 600; ++i) {
        TickValues reading{ from + i * 1000, {} };
        reading.values[static_cast<std::size_t>(Metric::CpuCores)] = i == 270 ? 50.0F : cores;
        made.readings.append(reading);
    }
    return made;
}

} // namespace

/// Of the seconds of today, and of three days ago the minutes alone.
class HistoryOverlayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto opened = HistoryDatabase::open(
            m_folder.filePath(QStringLiteral("history.sqlite")).toStdString(), HistoryDatabase::Access::Write);
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        m_database = *std::move(opened);
        const HistoryBatch before[] = { tenMinutes(kWeb, kThreeDaysBefore, 1) };
        QVERIFY(m_database->write(before));
        QVERIFY(m_database->tidy(kThreeDaysBefore + 20 * kMinuteMilliseconds));
        const HistoryBatch today[] = { tenMinutes(kWeb, kNoon, 3), tenMinutes(kDb, kNoon + 3'600'000, 4) };
        QVERIFY(m_database->write(today));
        QVERIFY(m_database->tidy(kNoon + 7'200'000));
    }

    void bringsSecondsAndMinutesToOneStep()
    {
        const Overlaid overlaid = lay({ kWeb, kWeb, Metric::CpuCores, kNoon, kThreeDaysBefore, 600'000, 600 });
        QCOMPARE(overlaid.stepMilliseconds, kMinuteMilliseconds);
        QCOMPARE(overlaid.points.size(), std::size_t{ 10 });
        for (const OverlaidPoint& point : overlaid.points) {
            const bool isPeak = point.offsetMilliseconds == 4 * kMinuteMilliseconds;
            QVERIFY(point.first && point.second);
            QCOMPARE(point.toldMilliseconds, kMinuteMilliseconds);
            QCOMPARE(point.first->greatest, isPeak ? 50.0F : 3.0F);
            QCOMPARE(point.second->greatest, isPeak ? 50.0F : 1.0F);
            if (!isPeak)
                QCOMPARE(point.first->mean - point.second->mean, 2.0F);
        }
    }

    void laysSecondsOfAnotherWorkloadOverThoseOfOne()
    {
        const Overlaid overlaid = lay({ kWeb, kDb, Metric::CpuCores, kNoon + 300'000, kNoon + 3'900'000, 60'000, 60 });
        QCOMPARE(overlaid.stepMilliseconds, std::int64_t{ 1000 });
        QCOMPARE(overlaid.points.size(), std::size_t{ 60 });
        QCOMPARE(overlaid.points[59].offsetMilliseconds, std::int64_t{ 59'000 });
        QCOMPARE(overlaid.points[59].first->mean, 3.0F);
        QCOMPARE(overlaid.points[59].second->mean, 4.0F);
        QCOMPARE(overlaid.points[59].toldMilliseconds, std::int64_t{ 1000 });
    }

    void leavesOutWhatOneOfThemHasNot()
    {
        const Overlaid half = lay({ kWeb, kDb, Metric::CpuCores, kNoon + 570'000, kNoon + 3'600'000, 60'000, 60 });
        QCOMPARE(half.points.size(), std::size_t{ 60 });
        QVERIFY(half.points[29].first && half.points[29].second);
        QVERIFY(!half.points[30].first && half.points[30].second);
        QCOMPARE(half.points[30].toldMilliseconds, std::int64_t{ 0 });
        const WorkloadId nobody{ WorkloadKind::Vm, QStringLiteral("nobody") };
        QVERIFY(lay({ nobody, nobody, Metric::CpuCores, kNoon, kNoon, 60'000, 60 }).points.empty());
        QVERIFY(lay({ kWeb, kDb, Metric::PssBytes, kNoon, kNoon, 60'000, 60 }).points.empty());
    }

    /// A burst of a second in each ten, and one reading of the rest: each step has what its reading tells of.
    void spreadsAReadingOverTheTimeThatItTellsOf()
    {
        const WorkloadId worker{ WorkloadKind::Container, QStringLiteral("worker-key") };
        HistoryBatch made{ worker, worker.key, {}, {} };
        for (const int second : { 0, 9, 10, 19, 20, 29, 33 }) {
            TickValues reading{ kNoon + second * 1000, {} };
            reading.values[static_cast<std::size_t>(Metric::CpuCores)] = second % 10 == 0 ? 40.0F : 0.0F;
            made.readings.append(reading);
        }
        const HistoryBatch batches[] = { made };
        QVERIFY(m_database->write(batches));
        const Overlaid seconds = lay({ worker, kWeb, Metric::CpuCores, kNoon, kNoon, 32'000, 32 });
        QCOMPARE(seconds.points.size(), std::size_t{ 32 });
        for (const OverlaidPoint& point : seconds.points) { // the last is told by one behind the range
            QVERIFY(point.first && point.second);
            QCOMPARE(point.first->mean,
                point.offsetMilliseconds % 10'000 == 0 && point.offsetMilliseconds < 30'000 ? 40.0F : 0.0F);
            QCOMPARE(point.toldMilliseconds, std::int64_t{ 1000 });
        }
        const Overlaid fives = lay({ worker, kWeb, Metric::CpuCores, kNoon, kNoon, 30'000, 6 });
        QCOMPARE(fives.points.size(), std::size_t{ 6 });
        for (const OverlaidPoint& point : fives.points)
            QCOMPARE(point.first->mean, point.offsetMilliseconds % 10'000 == 0 ? 8.0F : 0.0F);
    }

private:
    Overlaid lay(const OverlayQuestion& question) const
    {
        const auto overlaid = layOver(*m_database, question);
        if (!overlaid)
            qWarning("%s", overlaid.error().message.c_str());
        return overlaid ? *overlaid : Overlaid();
    }

    QTemporaryDir m_folder;
    std::unique_ptr<HistoryDatabase> m_database;
};

QTEST_GUILESS_MAIN(HistoryOverlayTest)
#include "history_overlay_test.moc"
