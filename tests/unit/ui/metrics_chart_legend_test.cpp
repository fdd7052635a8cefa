// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_catalogue.h"
#include "tests/support/metric_frames.h"
#include "ui/metrics/chart_card.h"
#include "ui/metrics/units.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figure_explanation.h"

#include <QAction>
#include <QLabel>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

const WorkloadId kDb{ WorkloadKind::Vm, QStringLiteral("db-key") };
constexpr double kMiB = 1024.0 * 1024.0;

/// The lines of the sheet that is open; closes it.
QStringList linesOfSheet(QWidget& card)
{
    QStringList lines;
    for (auto* sheet : card.findChildren<FigurePopover*>()) {
        if (!sheet->isVisible())
            continue;
        for (const auto* label : sheet->findChildren<QLabel*>())
            lines << label->text();
        sheet->close();
    }
    return lines;
}

} // namespace

/// What a chart says beside its lines: of each entry of its legend, and of a view that stands still.
class ChartLegendTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::current().apply(ThemeMode::Light); }

    void init()
    {
        m_rings = std::make_unique<MetricRings>();
        m_view = std::make_unique<TimeView>(*m_rings);
        m_source = std::make_unique<SeriesSource>(*m_rings, *m_view, nullptr);
    }

    void cleanup()
    {
        m_card.reset();
        m_source.reset();
        m_view.reset();
        m_rings.reset();
    }

    /// By keys and by the right button.
    void explainsEachEntryAsAFigureOfItsOwn()
    {
        appendTicks(*m_rings, { kDb }, 60, [](MetricPoint& point, int) {
            setValue(point, Metric::VcpuCores, 0.5);
            setValue(point, Metric::EmulatorCores, 0.25);
        });
        show(Quantity::CpuParts);
        auto* canvas = m_card->findChild<ChartCanvas*>();
        auto* explain = m_card->findChild<QAction*>(QStringLiteral("explainFigure"));
        QVERIFY(canvas && explain);
        QTest::keyClick(canvas, Qt::Key_Down, Qt::ControlModifier);
        QTest::keyClick(canvas, Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(canvas->chosenEntry(), std::optional<std::size_t>(1));
        const QString emulator = titleOf(about(Metric::EmulatorCores));
        QVERIFY2(canvas->accessibleDescription().contains(QStringLiteral("Chosen: ") + emulator),
            qPrintable(canvas->accessibleDescription()));
        const QRect second = canvas->chosenArea();
        QVERIFY(second.width() < canvas->viewport()->width() / 2);
        explain->trigger();
        const QStringList whole{ emulator, readingText(Metric::EmulatorCores, 0.25),
            explanationOf(Quantity(Metric::EmulatorCores)) };
        QCOMPARE(linesOfSheet(*m_card), whole);

        QTest::keyClick(canvas, Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(canvas->chosenEntry(), std::optional<std::size_t>(0));
        QTest::mouseClick(canvas->viewport(), Qt::RightButton, {}, second.center());
        QCOMPARE(canvas->chosenEntry(), std::optional<std::size_t>(1));
        QTest::mouseClick(canvas->viewport(), Qt::RightButton, {}, canvas->viewport()->rect().center());
        QVERIFY(!canvas->chosenEntry());
        explain->trigger(); // the chart's own again
        QCOMPARE(linesOfSheet(*m_card).value(0), m_card->title());
    }

    /// What is read for the first time gets an entry before it.
    void keepsTheChosenFigureWhereAnotherGetsAnEntry()
    {
        const auto feed = [this](bool areVcpusRead) {
            appendTicks(*m_rings, { kDb }, 30, [areVcpusRead](MetricPoint& point, int) {
                setValue(point, Metric::EmulatorCores, 0.25);
                setValue(point, Metric::HelperCores, 0.125);
                if (areVcpusRead)
                    setValue(point, Metric::VcpuCores, 0.5);
            });
        };
        feed(false);
        show(Quantity::CpuParts);
        auto* canvas = m_card->findChild<ChartCanvas*>();
        QVERIFY(canvas);
        QTest::keyClick(canvas, Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(canvas->chosenEntry(), std::optional<std::size_t>(0));
        feed(true);
        QCOMPARE(canvas->chosenEntry(), std::optional<std::size_t>(1));
        const QString chosen = QStringLiteral("Chosen: ") + titleOf(about(Metric::EmulatorCores));
        QVERIFY2(canvas->accessibleDescription().contains(chosen), qPrintable(canvas->accessibleDescription()));
        m_card->setWorkloads({});
        QVERIFY(!canvas->chosenEntry());
    }

    /// It rests: what is read six seconds behind the view's end tells of its last four and a half, too.
    void countsTheReadingBehindAViewThatStandsStill()
    {
        const auto feed = [this](double bytes) {
            appendTicks(*m_rings, { kDb }, 1,
                [bytes](MetricPoint& point, int) { setValue(point, Metric::ResidentBytes, bytes); });
        };
        const auto rest = [this](int ticks) { appendTicks(*m_rings, {}, ticks, [](MetricPoint&, int) {}); };
        for (int tick = 0; tick < 30; ++tick)
            feed(100 * kMiB);
        rest(5);
        show(Quantity::Memory);
        m_view->show(m_rings->lastTickNanoseconds() - 10 * kTick - kTick / 2, std::chrono::seconds(10));
        QCOMPARE(m_card->remark(), QStringLiteral("mean: 100 MiB"));
        rest(4);
        feed(300 * kMiB);
        QCOMPARE(m_card->remark(), QStringLiteral("mean: 190 MiB"));
        for (int tick = 0; tick < 20; ++tick)
            feed(900 * kMiB);
        QCOMPARE(m_card->remark(), QStringLiteral("mean: 190 MiB"));
    }

private:
    void show(Quantity quantity)
    {
        m_card = std::make_unique<ChartCard>(*m_source, quantity);
        m_card->resize(700, 220);
        m_card->setWorkloads({ { kDb, QStringLiteral("db"), Qt::blue } });
        m_card->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_card.get()));
        QCoreApplication::processEvents();
        QVERIFY(!m_card->grab().isNull()); // laid out
    }

    std::unique_ptr<MetricRings> m_rings;
    std::unique_ptr<TimeView> m_view;
    std::unique_ptr<SeriesSource> m_source;
    std::unique_ptr<ChartCard> m_card;
};

QTEST_MAIN(ChartLegendTest)
#include "metrics_chart_legend_test.moc"
