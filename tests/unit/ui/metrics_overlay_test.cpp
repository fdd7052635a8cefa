// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/range_dialog.h"

#include "core/metrics/age_clock.h"
#include "tests/support/context_world.h"
#include "tests/support/metric_frames.h"
#include "ui/metrics/chart_export.h"
#include "ui/metrics/chart_words.h"
#include "ui/metrics/time_bar.h"
#include "ui/metrics/units.h"

#include <QAction>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace twinhull;
using namespace twinhull::test;

namespace {

const WorkloadId kWebId{ WorkloadKind::Container, QStringLiteral("c") };
const WorkloadId kVmId{ WorkloadKind::Vm, QStringLiteral("v") };
const WorkloadId kLateId{ WorkloadKind::Container, QStringLiteral("late") };

} // namespace

/// Two ranges of time over each other.
class MetricsOverlayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// 1200 seconds: the container takes 3 cores and then 4, the VM 12 and then 7. Another runs in the last 300 alone.
    void init()
    {
        m_world = std::make_unique<ContextWorld>();
        MetricsFrame first;
        first.monotonicNanoseconds = ageClockNanoseconds() - 1200 * kTick;
        m_world->rings.append(first);
        appendTicks(m_world->rings, { kWebId, kVmId }, 900, [](MetricPoint& point, int tick) {
            setValue(point, Metric::CpuCores, point.id == kVmId ? (tick < 600 ? 12 : 7) : (tick < 600 ? 3 : 4));
        });
        appendTicks(m_world->rings, { kWebId, kVmId, kLateId }, 300, [](MetricPoint& point, int) {
            setValue(point, Metric::CpuCores, point.id == kVmId ? 7 : point.id == kWebId ? 4 : 1);
        });
        m_view = std::make_unique<TimeView>(m_world->rings);
        m_source = std::make_unique<SeriesSource>(m_world->rings, *m_view, nullptr);
        m_source->setWorkloads({ kWebId });
    }
    void cleanup()
    {
        m_source.reset();
        m_view.reset();
        m_world.reset();
    }

    void laysTheTimeOfAnotherWorkloadUnderIt()
    {
        const std::int64_t begin = m_view->now() - 400 * kTick;
        m_view->show(begin, std::chrono::seconds(300));
        QVERIFY(!m_view->isLive());
        QCOMPARE(m_view->window().fromNanoseconds, begin);
        m_source->setOther({ 600 * kTick, kVmId, QStringLiteral("db \u00b7 VM") });
        const ChartedWorkload web[] = { { kWebId, QStringLiteral("web"), Qt::red } };
        const ChartFigures figures = readChart(*m_source, Quantity::Cpu, web, ChartMode::Difference);
        QVERIFY(figures.isAgainstTime);
        QCOMPARE(figures.derived.size(), std::size_t{ 1 });
        QVERIFY(figures.derived[0].values.size() >= 300);
        for (const TimePoint& point : figures.derived[0].values)
            QCOMPARE(point.value, 4.0F - 12.0F);
        const ChartSpeech speech{ figures, *m_source, Quantity::Cpu, false, {} };
        const auto rows = rowsAtMoment(speech, begin + 100 * kTick);
        QCOMPARE(rows.size(), std::size_t{ 3 });
        QCOMPARE(rows[1].label, QStringLiteral("difference"));
        QCOMPARE(rows[1].value, signedReadingText(Quantity::Cpu, -8));
        QCOMPARE(rows[2].label, QStringLiteral("db \u00b7 VM, ") + momentText(begin - 500 * kTick));
        const QString all = readingOfView(speech);
        QVERIFY2(
            all.startsWith(signedReadingText(Quantity::Cpu, -8) + QStringLiteral(" \u00b7 mean 400")), qPrintable(all));
        QVERIFY(againstText(speech).startsWith(QStringLiteral("minus db \u00b7 VM, ")));
        const ExportedChart chart{ figures, Quantity::Cpu, m_source->overlayNanoseconds() };
        const QByteArray csv = chartsAsCsv(std::span(&chart, 1));
        QVERIFY(csv.contains("\"db \u00b7 VM\",vm,cpu_cores,cores,12,12,12") && csv.contains("\"difference\""));
    }

    void comparesEachOfSeveralWithItsOwnOtherTime()
    {
        m_source->setWorkloads({ kWebId, kVmId });
        m_view->show(m_view->now() - 300 * kTick, std::chrono::seconds(200));
        m_source->setOther({ 600 * kTick });
        const ChartedWorkload both[]
            = { { kWebId, QStringLiteral("web"), Qt::red }, { kVmId, QStringLiteral("db"), Qt::blue } };
        const ChartFigures figures = readChart(*m_source, Quantity::Cpu, both, ChartMode::Ratio);
        QCOMPARE(figures.derived.size(), std::size_t{ 2 });
        QCOMPARE(figures.derived[0].values.back().value, 4.0F / 3);
        QCOMPARE(figures.derived[1].values.back().value, 7.0F / 12);
        m_source->setOverlay(Overlay::None);
        const ChartFigures without = readChart(*m_source, Quantity::Cpu, both, ChartMode::Ratio);
        QVERIFY(!without.isAgainstTime);
        QCOMPARE(without.derived[0].values.back().value, 7.0F / 4);
    }

    void showsTheLinesWhereTheOtherTimeWasNotRead()
    {
        m_source->setWorkloads({ kWebId, kVmId });
        m_view->show(m_view->now() - 300 * kTick, std::chrono::seconds(200));
        m_source->setOther({ 86'400 * kTick });
        const ChartedWorkload both[]
            = { { kWebId, QStringLiteral("web"), Qt::red }, { kVmId, QStringLiteral("db"), Qt::blue } };
        const ChartFigures figures = readChart(*m_source, Quantity::Cpu, both, ChartMode::Difference);
        QVERIFY(!figures.isEmpty() && !figures.isOfDerivedAlone() && !figures.isAgainstTime);
        QCOMPARE(figures.largest(), 7.0);
        const ChartSpeech speech{ figures, *m_source, Quantity::Cpu, false, {} };
        QCOMPARE(noticeOf(speech), QString());
        const auto legend = legendOfOverlay(speech);
        QVERIFY(legend.has_value());
        QVERIFY2(legend->label.startsWith(u"from ") && legend->label.endsWith(u": nothing was read"),
            qPrintable(legend->label));
        QCOMPARE(readChart(*m_source, Quantity::Cpu, both, ChartMode::Ratio).mode, ChartMode::Ratio);
    }

    /// Of two areas one did not run then; later both did.
    void callsATotalOfTheOtherTimeWhole()
    {
        m_source->setWorkloads({ kWebId, kLateId });
        const ChartedWorkload both[]
            = { { kWebId, QStringLiteral("web"), Qt::red }, { kLateId, QStringLiteral("late"), Qt::blue } };
        const std::int64_t begin = m_view->now() - 100 * kTick;
        m_view->show(begin, std::chrono::seconds(60));
        for (const int earlier : { 600, 120 }) {
            m_source->setOther({ earlier * kTick });
            const ChartFigures figures = readChart(*m_source, Quantity::Cpu, both, ChartMode::Stacked);
            const ChartSpeech speech{ figures, *m_source, Quantity::Cpu, false, {} };
            const auto rows = rowsAtMoment(speech, begin + 30 * kTick);
            const QString total = earlier == 600 ? QStringLiteral("total of those read, ") : QStringLiteral("total, ");
            QCOMPARE(rows.size(), std::size_t{ 4 });
            QCOMPARE(rows[2].label, QStringLiteral("total"));
            QVERIFY2(rows[3].label.startsWith(total), qPrintable(rows[3].label));
            QCOMPARE(rows[3].value, readingText(Quantity::Cpu, earlier == 600 ? 3 : 5));
            const auto legend = legendOfOverlay(speech);
            QVERIFY(legend.has_value());
            QVERIFY2(legend->label.startsWith(total), qPrintable(legend->label));
        }
    }

    void aRangeMayLieAfterTheOtherOne()
    {
        m_view->show(m_view->now() - 1000 * kTick, std::chrono::seconds(200));
        m_source->setOther({ -800 * kTick });
        const ChartedWorkload web[] = { { kWebId, QStringLiteral("web"), Qt::red } };
        const ChartFigures figures = readChart(*m_source, Quantity::Cpu, web, ChartMode::Difference);
        QCOMPARE(figures.derived[0].values.front().value, 3.0F - 4.0F);
    }

    /// Minutes of the one, seconds of the other: the seconds of each minute are its mean.
    void bringsSecondsAndMinutesToOneStep()
    {
        SeriesReadings minutes;
        for (int i = 0; i < 10; ++i)
            minutes.means.push_back({ (60 * i + 30) * kTick, 10 });
        minutes.stepNanoseconds = 60 * kTick;
        minutes.gaps = { 600 * kTick, 90 * kTick };
        SeriesReadings seconds;
        for (int i = -60; i < 600; ++i)
            seconds.means.push_back({ i * kTick, i % 2 == 0 ? 10.0F : 12.0F });
        const CommonTicks common = commonReadings(minutes, seconds);
        QCOMPARE(common.first.size(), std::size_t{ 10 });
        for (const TimePoint& point : common.difference())
            QCOMPARE(point.value, 1.0F);
        QVERIFY(std::is_sorted(common.first.begin(), common.first.end(),
            [](const auto& a, const auto& b) { return a.monotonicNanoseconds < b.monotonicNanoseconds; }));
        QCOMPARE(commonReadings(seconds, minutes).first.size(), std::size_t{ 10 });
    }

    /// Bursts of a second each ten, and one reading for the rest between: 4 on average, as the minutes say.
    void weighsTheReadingsOfAStepByTheirTimes()
    {
        SeriesReadings minutes;
        for (int i = 0; i < 10; ++i)
            minutes.means.push_back({ (60 * i + 30) * kTick, 4 });
        minutes.stepNanoseconds = 60 * kTick;
        minutes.gaps = { 600 * kTick, 90 * kTick };
        SeriesReadings bursts;
        for (int i = -60; i < 600; i += 10) {
            bursts.means.push_back({ i * kTick, 40 });
            bursts.means.push_back({ (i + 9) * kTick, 0 });
        }
        const CommonTicks common = commonReadings(minutes, bursts);
        QCOMPARE(common.first.size(), std::size_t{ 10 });
        for (const TimePoint& point : common.second)
            QCOMPARE(point.value, 4.0F);
    }

    /// A disk with requests in five seconds, ten without, and in five again; the other range has them in each second.
    void comparesALatencyWhereBothHaveOne()
    {
        SeriesReadings before;
        SeriesReadings shown;
        for (int i = 0; i < 20; ++i) {
            before.means.push_back({ i * kTick, 1 });
            if (i < 5 || i >= 15)
                shown.means.push_back({ i * kTick, i < 5 ? 1.0F : 50.0F });
            before.moments.push_back(i * kTick);
            shown.moments.push_back(i * kTick);
        }
        const Quantity latency = Metric::DiskLatency;
        ChartFigures figures;
        figures.window = { 0, 20 * kTick };
        figures.mode = ChartMode::Difference;
        figures.isAgainstTime = true;
        figures.lines.push_back({ { kWebId, QStringLiteral("web"), Qt::red }, latency, shown });
        figures.derived.push_back({ 0, 0, QStringLiteral("web"), commonReadings(before, shown), {}, {} });
        QCOMPARE(figures.derived[0].common.first.size(), std::size_t{ 10 });
        m_view->show(m_view->now() - 300 * kTick, std::chrono::seconds(200)); // stands still
        const QString text = readingOfView({ figures, *m_source, latency, false, {} });
        const QString expected = QStringLiteral("mean %1 against %2");
        QVERIFY2(text.contains(expected.arg(readingText(latency, 25.5), readingText(latency, 1))), qPrintable(text));
    }

    /// The same of a minute of the history and its seconds.
    void weighsNoLatencyOfAStepByTheTimeWithoutRequests()
    {
        SeriesReadings minutes;
        minutes.means.push_back({ 30 * kTick, 4 });
        minutes.stepNanoseconds = 60 * kTick;
        minutes.gaps = { 60 * kTick, 90 * kTick };
        SeriesReadings seconds;
        for (int i = 0; i < 60; ++i) {
            seconds.moments.push_back(i * kTick);
            if (i < 5 || (i >= 15 && i < 20))
                seconds.means.push_back({ i * kTick, i < 5 ? 1.0F : 50.0F });
        }
        const CommonTicks common = commonReadings(minutes, seconds);
        QCOMPARE(common.second.size(), std::size_t{ 1 });
        QCOMPARE(common.second[0].value, 25.5F);
    }

    void asksAPersonForBothRanges()
    {
        m_world->containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("web")));
        m_world->containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("other")));
        TimeBar bar(*m_source, m_world->registry);
        for (QAction* action : bar.findChild<QToolButton*>(QStringLiteral("timeMore"))->menu()->actions()) {
            if (action->text() == QStringLiteral("Another time or workload\u2026"))
                action->trigger();
        }
        auto* dialog = bar.findChild<RangeDialog*>();
        QVERIFY(dialog);
        auto* first = dialog->findChild<QDateTimeEdit*>(QStringLiteral("rangeFirst"));
        auto* second = dialog->findChild<QDateTimeEdit*>(QStringLiteral("rangeSecond"));
        auto* whose = dialog->findChild<QComboBox*>(QStringLiteral("rangeWhose"));
        auto* lay = dialog->findChild<QPushButton*>(QStringLiteral("rangeLay"));
        for (QWidget* control : std::initializer_list<QWidget*>{ first, second, whose })
            QVERIFY(!control->accessibleName().isEmpty());
        QCOMPARE(dialog->findChild<QSpinBox*>(QStringLiteral("rangeLength"))->value(), 10); // minutes, as shown
        QCOMPARE(whose->count(), 3);
        const QDateTime now = QDateTime::currentDateTime();
        first->setDateTime(now.addSecs(60));
        QVERIFY(!lay->isEnabled());
        first->setDateTime(now.addDays(-31));
        QVERIFY(!lay->isEnabled());
        QVERIFY(dialog->findChild<QLabel*>(QStringLiteral("rangeRefusal"))->text().contains(u"30 days"));
        first->setDateTime(now.addSecs(-900));
        second->setDateTime(now.addDays(-3).addSecs(-900));
        dialog->findChild<QSpinBox*>(QStringLiteral("rangeLength"))->setValue(5);
        whose->setCurrentIndex(2);
        QVERIFY(lay->isEnabled());
        lay->click();
        QCOMPARE(m_source->overlay(), Overlay::Chosen);
        QCOMPARE(m_source->overlayNanoseconds(), 3 * 86'400 * kTick);
        QVERIFY(m_source->other().workload.has_value());
        QCOMPARE(m_view->window().length(), 300 * kTick);
        QVERIFY(std::llabs(m_view->window().fromNanoseconds - (m_view->now() - 900 * kTick)) < 10 * kTick);
    }

private:
    std::unique_ptr<ContextWorld> m_world;
    std::unique_ptr<TimeView> m_view;
    std::unique_ptr<SeriesSource> m_source;
};

QTEST_MAIN(MetricsOverlayTest)
#include "metrics_overlay_test.moc"
