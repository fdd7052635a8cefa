// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/series_source.h"

#include "core/metrics/age_clock.h"
#include "tests/support/metric_frames.h"
#include "ui/metrics/chart_card.h"

#include <QAction>
#include <QDateTime>
#include <QSignalSpy>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

const WorkloadId kWeb{ WorkloadKind::Container, QStringLiteral("c") };
const WorkloadId kVm{ WorkloadKind::Vm, QStringLiteral("v") };
constexpr std::int64_t kHour = 3600 * kTick;

/// Keeps what was asked; a test answers it.
struct AskedFigures : PastFigures {
    struct Asked {
        std::shared_ptr<PastQuestion> question;
        Receive receive;
    };
    std::vector<Asked> asked;

    void ask(std::shared_ptr<PastQuestion> question, Receive receive) override
    {
        asked.push_back({ std::move(question), std::move(receive) });
    }

    /// A point for each step, from `from` on, of a mean of 1 with a peak of 9.
    void answer(std::size_t number, int points)
    {
        const PastQuestion& question = *asked[number].question;
        const std::int64_t step = question.stepMilliseconds;
        PastAnswer answer{ step, {} };
        for (const WorkloadId& id : question.workloads) {
            auto& column = answer.columns[{ id, Metric::CpuCores }];
            const std::int64_t begin = question.fromMilliseconds - question.fromMilliseconds % step + step / 2;
            for (int i = 0; i < points; ++i)
                column.push_back({ begin + i * step, 0.5F, 1, 9 });
        }
        asked[number].receive(answer);
    }
};

} // namespace

class SeriesSourceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_past = std::make_unique<AskedFigures>();
        m_rings = std::make_unique<MetricRings>();
        MetricsFrame first;
        first.monotonicNanoseconds = ageClockNanoseconds();
        m_rings->append(first);
        m_view = std::make_unique<TimeView>(*m_rings);
        m_source = std::make_unique<SeriesSource>(*m_rings, *m_view, m_past.get());
        const Quantity cpu = Quantity::Cpu;
        m_source->setQuantities(std::span(&cpu, 1));
        m_source->setWorkloads({ kWeb });
        feed({ kWeb }, 100);
    }
    void cleanup()
    {
        m_source.reset();
        m_view.reset();
    }

    void asksNothingWithinTheHourOfTheRings()
    {
        m_view->setSpan(std::chrono::hours(1));
        feed({ kWeb }, 3);
        QVERIFY(m_past->asked.empty());
    }

    void asksOnceForADayAndNotAtEveryTick()
    {
        m_view->setSpan(std::chrono::hours(24));
        QCOMPARE(m_past->asked.size(), std::size_t{ 1 });
        QVERIFY(m_source->isLoading());
        QCOMPARE(m_past->asked[0].question->stepMilliseconds, std::int64_t{ 300'000 });
        m_past->answer(0, 300);
        QVERIFY(!m_source->isLoading());
        feed({ kWeb }, 500);
        QCOMPARE(m_past->asked.size(), std::size_t{ 1 });
    }

    void putsTheHistoryBeforeTheRings()
    {
        m_view->setSpan(std::chrono::hours(24));
        m_past->answer(0, 1000);
        const SeriesReadings series = m_source->read(kWeb, Quantity::Cpu);
        QCOMPARE(series.means.back().value, 3.0F);
        QCOMPARE(series.means[series.means.size() - 100].value, 3.0F);
        QCOMPARE(series.means.front().value, 1.0F);
        QVERIFY(std::is_sorted(series.means.begin(), series.means.end(),
            [](const auto& a, const auto& b) { return a.monotonicNanoseconds < b.monotonicNanoseconds; }));
        QCOMPARE(series.highs.front().value, 9.0F);
        QCOMPARE(series.lows.front().value, 0.5F);
        const auto runs = decimate(series.means, m_view->window(), 50, series.gaps);
        QVERIFY2(runs.size() <= 2, "steps that follow one another are no gaps");
        const ChartedWorkload web[] = { { kWeb, QStringLiteral("a"), Qt::red } };
        QCOMPARE(readChart(*m_source, Quantity::Cpu, web, ChartMode::Each).largest(), 9.0);
    }

    void leavesAGapWhereTheProgramDidNotRun()
    {
        m_view->setSpan(std::chrono::hours(24));
        m_past->answer(0, 150); // nothing for hours before the rings begin
        const SeriesReadings series = m_source->read(kWeb, Quantity::Cpu);
        QCOMPARE(decimate(series.means, m_view->window(), 700, series.gaps).size(), std::size_t{ 2 });
    }

    void dropsWhatIsNotShownAnyMore()
    {
        m_view->setSpan(std::chrono::hours(24));
        m_view->setSpan(std::chrono::hours(7 * 24));
        QCOMPARE(m_past->asked.size(), std::size_t{ 2 });
        QVERIFY(m_past->asked[0].question->isDropped);
        QVERIFY(!m_past->asked[1].question->isDropped);
        m_source.reset();
        QVERIFY(m_past->asked[1].question->isDropped);
    }

    void asksForASmallMoveOnce()
    {
        m_view->setSpan(std::chrono::hours(24));
        m_past->answer(0, 100);
        for (int i = 0; i < 4; ++i)
            m_view->pan(-0.1); // within what was read to both sides
        QCOMPARE(m_past->asked.size(), std::size_t{ 1 });
        m_view->pan(-0.3);
        QCOMPARE(m_past->asked.size(), std::size_t{ 2 });
    }

    void saysWhyTheHistoryCannotBeReadAndDoesNotTryAtEveryTick()
    {
        m_view->setSpan(std::chrono::hours(24));
        m_past->asked[0].receive(Error{ ErrorCode::Io, "disk gone", 0, {} });
        QVERIFY(m_source->trouble().contains(u"disk gone"));
        feed({ kWeb }, 3);
        QCOMPARE(m_past->asked.size(), std::size_t{ 1 });
        m_source->retry();
        QCOMPARE(m_past->asked.size(), std::size_t{ 2 });
        feed({ kWeb }, 3);
        QCOMPARE(m_past->asked.size(), std::size_t{ 2 }); // it is on its way
        m_past->answer(1, 300);
        QVERIFY(m_source->trouble().isEmpty());
        QCOMPARE(m_source->read(kWeb, Quantity::Cpu).means.front().value, 1.0F);
        feed({ kWeb }, 3);
        QCOMPARE(m_past->asked.size(), std::size_t{ 2 });
    }

    void saysWhyNothingWasReadThen()
    {
        m_view->show(m_rings->lastTickNanoseconds() - 48 * kHour, std::chrono::hours(24));
        const ChartedWorkload web[] = { { kWeb, QStringLiteral("a"), Qt::red } };
        const auto notice = [&] {
            const ChartFigures figures = readChart(*m_source, Quantity::Cpu, web, ChartMode::Each);
            return noticeOf({ figures, *m_source, Quantity::Cpu, false, {} });
        };
        PastAnswer answer{ m_past->asked.back().question->stepMilliseconds, {} };
        answer.columns[{ kWeb, Metric::CpuCores }] = {};
        m_past->asked.back().receive(answer);
        QCOMPARE(notice(), QStringLiteral("Nothing was read in this time."));
        m_view->show(m_rings->lastTickNanoseconds() - 480 * kHour, std::chrono::hours(24));
        answer.absences.emplace(std::pair(kWeb, Metric::CpuCores), sentenceFor(Needs::OwnersRights));
        m_past->asked.back().receive(answer);
        QVERIFY2(notice().endsWith(sentenceFor(Needs::OwnersRights)), qPrintable(notice()));
        const ChartFigures figures = readChart(*m_source, Quantity::Cpu, web, ChartMode::Each);
        QCOMPARE(
            readingOfView({ figures, *m_source, Quantity::Cpu, false, {} }), shortSentenceFor(Needs::OwnersRights));
    }

    /// Of a view of seconds where minutes alone are kept.
    void showsTheMinuteThatCoversAViewOfSeconds()
    {
        m_view->show(m_rings->lastTickNanoseconds() - 48 * kHour, std::chrono::seconds(20));
        const PastQuestion& question = *m_past->asked.back().question;
        const std::int64_t middle = (question.fromMilliseconds + question.toMilliseconds) / 2;
        PastAnswer answer{ 60'000, {} };
        answer.columns[{ kWeb, Metric::CpuCores }] = { { middle - 25'000, 0.5F, 1, 9 } };
        m_past->asked.back().receive(answer);
        const ChartedWorkload web[] = { { kWeb, QStringLiteral("a"), Qt::red } };
        const ChartFigures figures = readChart(*m_source, Quantity::Cpu, web, ChartMode::Each);
        const ChartSpeech speech{ figures, *m_source, Quantity::Cpu, false, {} };
        QVERIFY2(noticeOf(speech).isEmpty(), qPrintable(noticeOf(speech)));
        QCOMPARE(readingOfView(speech), QStringLiteral("mean: ") + readingText(Quantity::Cpu, 1));
        QCOMPARE(figures.largest(), 9.0);
        answer.columns[{ kWeb, Metric::CpuCores }] = { { middle - 45'000, 0.5F, 1, 9 } }; // the minute before
        m_past->asked.back().receive(answer);
        const ChartFigures none = readChart(*m_source, Quantity::Cpu, web, ChartMode::Each);
        QCOMPARE(
            noticeOf({ none, *m_source, Quantity::Cpu, false, {} }), QStringLiteral("Nothing was read in this time."));
    }

    /// By its key, and by looking again.
    void isAskedAgainFromTheChart()
    {
        m_view->setSpan(std::chrono::hours(24));
        m_past->asked[0].receive(Error{ ErrorCode::Io, "disk gone", 0, {} });
        ChartCard card(*m_source, Quantity::Cpu);
        card.setWorkloads({ { kWeb, QStringLiteral("a"), Qt::red } });
        card.show();
        QCOMPARE(m_past->asked.size(), std::size_t{ 2 });
        m_past->asked[1].receive(Error{ ErrorCode::Io, "disk gone", 0, {} });
        const ChartFigures figures = card.exported().figures;
        QVERIFY(noticeOf({ figures, *m_source, Quantity::Cpu, false, {} }).contains(u"disk gone. It is tried again"));
        const auto actions = card.actions();
        const auto again = std::find_if(actions.begin(), actions.end(),
            [](const QAction* action) { return action->shortcut() == QKeySequence(Qt::Key_R); });
        QVERIFY(again != actions.end());
        (*again)->trigger();
        QCOMPARE(m_past->asked.size(), std::size_t{ 3 });
    }

    /// The rings ask for their hour themselves, and say so when it could not be read.
    void saysWhyTheHourCannotBeReadAndAsksAgain()
    {
        QSignalSpy wanted(m_rings.get(), &MetricRings::pastWanted);
        (void)m_source->read(kVm, Quantity::Cpu);
        QCOMPARE(wanted.size(), 1);
        m_source->setWorkloads({ kVm });
        m_rings->noteNotRestored(kVm, Error{ ErrorCode::Io, "disk gone", 0, "Look at the disk" });
        QVERIFY(m_source->trouble().contains(u"disk gone. Look at the disk"));
        feed({ kWeb }, 3);
        (void)m_source->read(kVm, Quantity::Cpu);
        QCOMPARE(wanted.size(), 1);
        feed({ kWeb }, 15);
        (void)m_source->read(kVm, Quantity::Cpu);
        QCOMPARE(wanted.size(), 2);
        m_rings->noteNotRestored(kVm, Error{ ErrorCode::Io, "disk gone", 0, {} });
        m_source->retry();
        (void)m_source->read(kVm, Quantity::Cpu);
        QCOMPARE(wanted.size(), 3);
        m_rings->restore(kVm, {}, 0);
        QVERIFY(m_source->trouble().isEmpty());
    }

    void laysTheDayBeforeUnderIt()
    {
        m_source->setOverlay(Overlay::DayBefore);
        QCOMPARE(m_past->asked.size(), std::size_t{ 1 });
        m_past->answer(0, 1000);
        const SeriesReadings under = m_source->readOverlay(kWeb, Quantity::Cpu);
        QVERIFY(under.means.size() > 500);
        const TimeWindow window = m_view->window();
        QVERIFY(window.share(under.means[300].monotonicNanoseconds) > 0);
        QVERIFY(window.share(under.means[300].monotonicNanoseconds) < 1);
        m_source->setOverlay(Overlay::None);
        QVERIFY(m_source->readOverlay(kWeb, Quantity::Cpu).isEmpty());
    }

    void stacksDividesAndSubtracts()
    {
        feed({ kWeb, kVm }, 100);
        const ChartedWorkload both[]
            = { { kWeb, QStringLiteral("a"), Qt::red }, { kVm, QStringLiteral("b"), Qt::blue } };
        const auto stacked = readChart(*m_source, Quantity::Cpu, both, ChartMode::Stacked);
        QCOMPARE(stacked.stack.total.back().value, 15.0F); // 3 + 12
        QCOMPARE(stacked.stack.tops[0].back(), 3.0F);
        QCOMPARE(stacked.stack.total.front().value, 3.0F); // when only one was read
        QCOMPARE(stacked.largest(), 15.0);
        const auto ratio = readChart(*m_source, Quantity::Cpu, both, ChartMode::Ratio);
        QCOMPARE(ratio.derived.size(), std::size_t{ 1 });
        QCOMPARE(ratio.derived[0].values.size(), std::size_t{ 100 });
        QCOMPARE(ratio.derived[0].values.back().value, 4.0F);
        const auto difference = readChart(*m_source, Quantity::Cpu, both, ChartMode::Difference);
        QCOMPARE(difference.derived[0].values.back().value, 9.0F);
        const auto other = readChart(*m_source, Quantity::Cpu, both, ChartMode::Difference, kVm);
        QCOMPARE(other.derived[0].values.back().value, -9.0F);
        QCOMPARE(other.derived[0].against, QStringLiteral("b"));
    }

    void comparesAnyNumberWithABaseline()
    {
        std::vector<ChartedWorkload> five;
        std::vector<WorkloadId> ids;
        for (int i = 0; i < 5; ++i) {
            ids.push_back({ WorkloadKind::Container, QString::number(i) });
            five.push_back({ ids.back(), QString::number(i), Qt::red });
        }
        appendTicks(*m_rings, ids, 50,
            [](MetricPoint& point, int) { setValue(point, Metric::CpuCores, 1 + point.id.key.toInt()); });
        const auto difference = readChart(*m_source, Quantity::Cpu, five, ChartMode::Difference, ids[2]);
        QCOMPARE(difference.derived.size(), std::size_t{ 4 });
        QVERIFY(difference.isOfDerivedAlone());
        QCOMPARE(difference.lowest(), -2.0);
        QCOMPARE(difference.largest(), 2.0);
        QCOMPARE(difference.derived[3].line, std::size_t{ 4 });
        QCOMPARE(difference.derived[3].base, std::size_t{ 2 });
        QCOMPARE(difference.derived[3].values.back().value, 2.0F);
        const auto ratio = readChart(*m_source, Quantity::Cpu, five, ChartMode::Ratio, ids[4]);
        QCOMPARE(ratio.derived[0].values.back().value, 0.2F);
        QCOMPARE(readChart(*m_source, Quantity::Cpu, five, ChartMode::Ratio, kVm).derived[0].base, std::size_t{ 0 });
        QCOMPARE(readChart(*m_source, Quantity::Cpu, std::span(five).first(1), ChartMode::Ratio).mode, ChartMode::Each);
    }

    void hasNoRatioWhereTheFirstIsNothing()
    {
        appendTicks(*m_rings, { kWeb, kVm }, 10, [](MetricPoint& point, int tick) {
            setValue(point, Metric::CpuCores, point.id == kWeb && tick % 2 == 0 ? 0 : 2);
        });
        const ChartedWorkload both[]
            = { { kWeb, QStringLiteral("a"), Qt::red }, { kVm, QStringLiteral("b"), Qt::blue } };
        QCOMPARE(
            readChart(*m_source, Quantity::Cpu, both, ChartMode::Ratio).derived[0].values.size(), std::size_t{ 5 });
    }

    void splitsTheCpuTimeOfOneIntoItsParts()
    {
        appendTicks(*m_rings, { kVm }, 10, [](MetricPoint& point, int) {
            setValue(point, Metric::VcpuCores, 0.5);
            setValue(point, Metric::EmulatorCores, 0.2);
        });
        const ChartedWorkload vm[] = { { kVm, QStringLiteral("b"), Qt::blue } };
        const auto parts = readChart(*m_source, Quantity::CpuParts, vm, ChartMode::Each);
        QCOMPARE(parts.mode, ChartMode::Stacked);
        QCOMPARE(parts.lines.size(), std::size_t{ 5 });
        QCOMPARE(parts.stack.total.back().value, 0.7F);
        QVERIFY(parts.lines[0].workload.color != parts.lines[2].workload.color);
        QVERIFY(parts.lines[0].workload.style != parts.lines[2].workload.style);
    }

private:
    void feed(const std::vector<WorkloadId>& ids, int ticks)
    {
        appendTicks(*m_rings, ids, ticks,
            [](MetricPoint& point, int) { setValue(point, Metric::CpuCores, point.id == kVm ? 12 : 3); });
    }

    std::unique_ptr<AskedFigures> m_past;
    std::unique_ptr<MetricRings> m_rings;
    std::unique_ptr<TimeView> m_view;
    std::unique_ptr<SeriesSource> m_source;
};

QTEST_MAIN(SeriesSourceTest)
#include "metrics_series_source_test.moc"
