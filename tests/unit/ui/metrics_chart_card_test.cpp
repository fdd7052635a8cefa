// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_card.h"

#include "tests/support/metric_frames.h"
#include "tests/support/turned_wheel.h"
#include "ui/metrics/chart_painter.h"
#include "ui/metrics/chart_palette.h"
#include "ui/metrics/chart_words.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QPaintEvent>
#include <QScreen>
#include <QTest>

#include <cstdlib>

using namespace twinhull;
using namespace twinhull::test;

namespace {

const WorkloadId kContainer{ WorkloadKind::Container, QStringLiteral("c") };
const WorkloadId kVm{ WorkloadKind::Vm, QStringLiteral("v") };

/// Pixels of a colour's hue in the horizontal part from..to (0..1) of the picture.
int pixelsOf(const QImage& image, const QColor& color, double from = 0, double to = 1)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = static_cast<int>(from * image.width()); x < static_cast<int>(to * image.width()); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            const bool isPainted = pixel.hslSaturation() > 60; // thin lines are blended with the ground
            count += isPainted && std::abs(pixel.hslHue() - color.hslHue()) < 10 ? 1 : 0;
        }
    }
    return count;
}

/// How many pixels of a widget were painted.
class PaintedArea : public QObject {
public:
    explicit PaintedArea(QWidget& widget) { widget.installEventFilter(this); }
    double pixels() const { return m_pixels; }

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint) {
            for (const QRect& part : static_cast<QPaintEvent*>(event)->region())
                m_pixels += double(part.width()) * part.height();
        }
        return false;
    }

private:
    double m_pixels = 0;
};

/// That anybody could tell from one another.
int differentPixels(const QImage& one, const QImage& other)
{
    int count = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x)
            count += std::abs(qGray(one.pixel(x, y)) - qGray(other.pixel(x, y))) > 40 ? 1 : 0;
    }
    return count;
}

} // namespace

class ChartCardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::current().apply(ThemeMode::Light); }

    void init()
    {
        m_rings = std::make_unique<MetricRings>();
        m_view = std::make_unique<TimeView>(*m_rings);
        m_source = std::make_unique<SeriesSource>(*m_rings, *m_view, nullptr);
        m_card = std::make_unique<ChartCard>(*m_source, Quantity::Memory);
        m_card->resize(400, 220);
    }

    void cleanup()
    {
        m_card.reset();
        m_source.reset();
        m_view.reset();
        m_rings.reset();
    }

    void drawsEachWorkloadInTheColourOfItsKind()
    {
        feedBoth(600);
        showBoth();
        const QImage image = picture();
        QVERIFY(pixelsOf(image, chartColor(WorkloadKind::Container, 0)) > 100);
        QVERIFY(pixelsOf(image, chartColor(WorkloadKind::Vm, 0)) > 100);
    }

    void saysTheDifferenceOfTwo()
    {
        feedBoth(10);
        showBoth();
        QCOMPARE(m_card->remark(), QStringLiteral("+137 MiB"));
        QCOMPARE(m_card->title(), QStringLiteral("Memory, resident, MiB"));
        const auto* title = m_card->findChild<QLabel*>(QStringLiteral("cardTitle"));
        QVERIFY2(title->toolTip().contains(u"RssAnon + RssShmem"), qPrintable(title->toolTip()));
    }

    void saysBothReadingsWithoutTheDifference()
    {
        feedBoth(10);
        showBoth();
        m_card->setMode(ChartMode::Each);
        QCOMPARE(m_card->remark(), QStringLiteral("11 MiB \u00b7 148 MiB"));
    }

    void readsAtTheCrosshair()
    {
        appendTicks(*m_rings, { kContainer }, 601, [](MetricPoint& point, int tick) {
            setValue(point, Metric::ResidentBytes, tick < 300 ? 1 << 20 : 5 << 20);
        });
        m_card->setWorkloads({ { kContainer, QStringLiteral("web"), Qt::red, Qt::SolidLine } });
        m_card->show();
        m_card->setCursor(0.25);
        QCOMPARE(m_card->remark(), QStringLiteral("1 MiB"));
        m_card->setCursor(0.75);
        QCOMPARE(m_card->remark(), QStringLiteral("5 MiB"));
        m_card->setCursor({});
        QCOMPARE(m_card->remark(), QStringLiteral("5 MiB"));
    }

    /// 310 ticks of 100 MiB (one reading beyond each edge is kept), then half of that, with the ones before laid over.
    void outlinesTheTotalOfTheOtherRangeOverAStack()
    {
        appendTicks(*m_rings, { kContainer, kVm }, 600, [](MetricPoint& point, int tick) {
            setValue(point, Metric::ResidentBytes, (tick < 310 ? 50.0 : 25.0) * (1 << 20));
        });
        showBoth();
        m_card->setMode(ChartMode::Stacked);
        m_view->setSpan(std::chrono::seconds(300));
        QVERIFY(m_card->exported().figures.underStack.total.empty());
        m_source->setOverlay(Overlay::LengthBefore);
        const ChartFigures figures = m_card->exported().figures;
        QCOMPARE(figures.stack.total.back().value, 50.0F * (1 << 20));
        QCOMPARE(figures.underStack.total.back().value, 100.0F * (1 << 20));
        QCOMPARE(figures.largest(), 100.0 * (1 << 20)); // it is on the plot, not above it
        const auto contents = paintFigures(figures, false, { { 0, 0, 300, 100 }, { 0, 200 }, 1 << 20 });
        QCOMPARE(contents.lines.back().style, Qt::DashLine);
        QCOMPARE(contents.lines.back().color, chartUnderTotalColor());
        QVERIFY(std::abs(contents.lines.back().pieces.back().back().y() - 50) < 1);
        const auto rows = rowsAtMoment(
            { figures, *m_source, Quantity::Memory, false, {} }, m_rings->lastTickNanoseconds() - 10 * kTick);
        QCOMPARE(rows.back().label, QStringLiteral("total, before"));
        QCOMPARE(rows.back().value, QStringLiteral("100 MiB"));
    }

    /// What the one rises by, the other falls by: the total is level, and an hour is narrower than its peaks.
    void keepsThePeaksOfThePartsOfAStack()
    {
        appendTicks(*m_rings, { kContainer, kVm }, 3600, [](MetricPoint& point, int tick) {
            const bool isPeak = tick == 1801;
            setValue(point, Metric::ResidentBytes, ((point.id == kVm) == isPeak ? 10.0 : 90.0) * (1 << 20));
        });
        showBoth();
        m_card->setMode(ChartMode::Stacked);
        m_view->setSpan(std::chrono::hours(1));
        const auto contents
            = paintFigures(m_card->exported().figures, false, { { 0, 0, 100, 100 }, { 0, 100 }, 1 << 20 });
        double lowest = 0;
        for (const QPointF& point : contents.lines.front().pieces.front())
            lowest = std::max(lowest, point.y());
        QVERIFY2(lowest > 85, "the container's edge goes down to 10 MiB for a tick");
    }

    void drawsWhatRestsByFewPointsAndKeepsItsPeak()
    {
        appendTicks(*m_rings, { kContainer }, 600, [](MetricPoint& point, int tick) {
            const double jitter = tick % 2 == 0 ? 0 : 0.05;
            setValue(point, Metric::ResidentBytes, (tick == 400 ? 90.0 : 10.0 + jitter) * (1 << 20));
        });
        m_card->setWorkloads({ { kContainer, QStringLiteral("web"), Qt::red, Qt::SolidLine } });
        m_card->show();
        const auto contents
            = paintFigures(m_card->exported().figures, false, { { 0, 0, 300, 100 }, { 0, 100 }, 1 << 20 });
        const QPolygonF& line = contents.lines.front().pieces.front();
        QVERIFY2(line.size() < 8, qPrintable(QString::number(line.size())));
        QCOMPARE(line.boundingRect().top(), 10.0);
        QVERIFY(line.front().x() < 1 && line.back().x() > 299);
    }

    void movesItsPictureFromTickToTick()
    {
        const auto feed = [this](int ticks) {
            appendTicks(*m_rings, { kContainer, kVm }, ticks, [this](MetricPoint& point, int) {
                setValue(point, Metric::ResidentBytes, (10 + (m_noise = m_noise * 75 % 65537) % 80) * (1 << 20));
            });
        };
        feed(700);
        m_card->setMode(ChartMode::Difference);
        showBoth();
        QVERIFY(QTest::qWaitForWindowExposed(m_card.get()));
        const auto onScreen = [this] {
            QCoreApplication::processEvents();
            return m_card->screen()->grabWindow(m_card->winId()).toImage().convertToFormat(QImage::Format_RGB32);
        };
        auto* canvas = m_card->findChild<ChartCanvas*>();
        canvas->clearFocus(); // a frame about it does not move
        const QImage first = onScreen();
        PaintedArea painted(*canvas->viewport());
        for (int tick = 0; tick < 20; ++tick) {
            feed(1);
            QCoreApplication::processEvents();
        }
        const double whole = canvas->plotArea().width() * canvas->plotArea().height();
        QVERIFY2(
            painted.pixels() > 0 && painted.pixels() / 20 < whole / 4, qPrintable(QString::number(painted.pixels())));
        const QImage moved = onScreen();
        canvas->viewport()->update();
        const QImage anew = onScreen();
        QVERIFY(differentPixels(first, anew) > 500);
        QVERIFY2(differentPixels(moved, anew) < 50, qPrintable(QString::number(differentPixels(moved, anew))));
    }

    void tellsFromWhereOnAPlotIsNew()
    {
        const auto contentsOf = [](const QPolygonF& line) {
            PlotContents contents;
            contents.lines.push_back({ Qt::black, Qt::SolidLine, { line } });
            return contents;
        };
        PlotItem plot;
        plot.setArea({ 0, 0, 200, 20 });
        plot.setContents(contentsOf({ { -1, 3 }, { 50, 10 }, { 150, 5 }, { 200, 9 } }));
        const PlotContents next = contentsOf({ { -6, 3 }, { 45, 10 }, { 145, 5 }, { 195, 9 }, { 200, 2 } });
        QCOMPARE(plot.changesFrom(next, 5), std::optional(195.0));
        QCOMPARE(
            plot.changesFrom(contentsOf({ { -6, 3 }, { 45, 10 }, { 145, 7 }, { 200, 9 } }), 5), std::optional(45.0));
        plot.setContents(contentsOf({ { 0, 10 }, { 200, 10 } }));
        QCOMPARE(plot.changesFrom(contentsOf({ { 0, 10 }, { 200, 10 } }), 5), std::optional(195.0)); // level: it grew
        QCOMPARE(plot.changesFrom(contentsOf({ { 0, 10 }, { 200, 10 } }), 0), std::optional(200.0)); // as it was
        QCOMPARE(plot.changesFrom(contentsOf({ { 0, 10 }, { 200, 10.01 } }), 0), std::optional<double>()); // it drifts
        PlotContents marked = next;
        marked.lines.back().style = Qt::DashLine;
        QCOMPARE(plot.changesFrom(marked, 5), std::optional<double>());
        marked = next;
        marked.marks.push_back({ 100, QStringLiteral("started") });
        QCOMPARE(plot.changesFrom(marked, 5), std::optional<double>());
    }

    /// Lines of so many pixels are painted plainly; a peak of one tick must be among them all the same.
    void paintsAPeakAmongCrowdedLines()
    {
        std::vector<WorkloadId> ids;
        std::vector<ChartedWorkload> charted;
        for (int i = 0; i < 40; ++i) {
            ids.push_back({ WorkloadKind::Container, QString::number(i) });
            charted.push_back({ ids.back(), QString::number(i), Qt::blue });
        }
        charted.back().color = Qt::red;
        appendTicks(*m_rings, ids, 3600, [&ids](MetricPoint& point, int tick) {
            const bool isPeak = point.id == ids.back() && tick == 1777;
            const double noise = (tick * 7 + point.id.key.toInt() * 13) % 40; // every column full of it
            setValue(point, Metric::ResidentBytes, (isPeak ? 95 : point.id == ids.back() ? 1 : noise) * (1 << 20));
        });
        m_card->resize(1200, 400);
        m_card->setWorkloads(charted);
        m_card->show();
        m_view->setSpan(std::chrono::hours(1));
        const QImage image = picture();
        int redRows = 0;
        for (int y = 0; y < image.height() / 2; ++y) { // above the noise
            for (int x = 0; x < image.width(); ++x)
                if (const QColor pixel = image.pixelColor(x, y); pixel.red() > pixel.blue() + 60) {
                    ++redRows;
                    break;
                }
        }
        QVERIFY2(redRows > 100, qPrintable(QString::number(redRows)));
    }

    void leavesAGapWhereNothingWasRead()
    {
        const auto fill = [](MetricPoint& point, int) { setValue(point, Metric::ResidentBytes, 50 << 20); };
        appendTicks(*m_rings, { kContainer }, 200, fill);
        appendTicks(*m_rings, {}, 200, fill);
        appendTicks(*m_rings, { kContainer }, 200, fill);
        m_card->setWorkloads({ { kContainer, QStringLiteral("web"), Qt::red, Qt::SolidLine } });
        m_card->show();
        const QImage image = picture();
        QVERIFY(pixelsOf(image, Qt::red, 0.15, 0.35) > 20);
        QCOMPARE(pixelsOf(image, Qt::red, 0.5, 0.6), 0);
        QVERIFY(pixelsOf(image, Qt::red, 0.8, 0.95) > 20);
    }

    void givesTheReasonWhereAFigureCannotBeRead()
    {
        appendTicks(*m_rings, { kVm }, 3, [](MetricPoint& point, int) {
            setValue(point, Metric::ResidentBytes, 1);
            point[Metric::NetworkReceiveRate] = point[Metric::NetworkSendRate] = Needs::GuestReport;
        });
        ChartCard network(*m_source, Quantity::Network);
        network.setWorkloads({ { kVm, QStringLiteral("web"), Qt::blue, Qt::SolidLine } });
        network.show();
        QCOMPARE(network.remark(), shortSentenceFor(Needs::GuestReport)); // the plot says it in full
    }

    void refusesTheDifferenceOfTheGuestsWordAndTheHosts()
    {
        feedNetwork(true);
        ChartCard network(*m_source, Quantity::Network);
        show(network);
        QCOMPARE(network.remark(), QStringLiteral("2 kB/s \u00b7 guest: 6 kB/s"));
        const auto* title = network.findChild<QLabel*>(QStringLiteral("cardTitle"));
        QVERIFY2(title->toolTip().startsWith(u"No difference is drawn"), qPrintable(title->toolTip()));
        QVERIFY(network.accessibleDescription().contains(u"No difference is drawn"));
        network.setCursor(1);
        QCOMPARE(network.remark(), QStringLiteral("web 2 kB/s \u00b7 web guest: 6 kB/s"));

        feedNetwork(false);
        network.setCursor({});
        QCOMPARE(network.remark(), QStringLiteral("+4 kB/s"));
        QVERIFY2(!title->toolTip().startsWith(u"No difference"), qPrintable(title->toolTip()));
    }

    void forgetsTheReadingOfWhatStopped()
    {
        const auto fill = [](MetricPoint& point, int) { setValue(point, Metric::ResidentBytes, 50 << 20); };
        appendTicks(*m_rings, { kContainer }, 5, fill);
        m_card->setWorkloads({ { kContainer, QStringLiteral("web"), Qt::red, Qt::SolidLine } });
        m_card->show();
        QCOMPARE(m_card->remark(), QStringLiteral("50 MiB"));
        appendTicks(*m_rings, {}, 5, fill);
        QCOMPARE(m_card->remark(), QStringLiteral("no reading"));
    }

    void readsNothingWhileHidden()
    {
        showBoth();
        m_card->hide();
        const QString before = m_card->remark();
        feedBoth(3);
        QCOMPARE(m_card->remark(), before);
        m_card->show();
        QCOMPARE(m_card->remark(), QStringLiteral("+137 MiB"));
    }

    void exportsWhatIsShownAndNothingElse()
    {
        feedBoth(700);
        showBoth();
        const ExportedChart chart = m_card->exported();
        const QByteArray csv = chartsAsCsv(std::span(&chart, 1));
        QCOMPARE(csv.count('\n'), 1 + 3 * 601); // two workloads and the difference, ten minutes with both ends
        QVERIFY(csv.contains(",\"difference\",,resident_bytes:difference,bytes,143654912,"));
        QVERIFY(csv.contains("Z,\"web\",container,resident_bytes,bytes,11534336,11534336,11534336\n"));
        const auto json = QJsonDocument::fromJson(chartsAsJson(std::span(&chart, 1)));
        const auto lines = json[QStringLiteral("charts")][0][QStringLiteral("lines")].toArray();
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[1][QStringLiteral("points")].toArray().size(), 601);
        QCOMPARE(lines[1][QStringLiteral("points")][0][2].toDouble(), 148.0 * (1 << 20));
    }

    void exportsTheMarksThatAreShown()
    {
        feedBoth(700);
        showBoth();
        const std::int64_t now = m_rings->lastTickNanoseconds();
        m_card->setEvents({ { now - 5'000'000'000, QStringLiteral("VM started, \"web\"") },
            { now - 699'000'000'000, QStringLiteral("before what is shown") } });
        const ExportedChart charts[] = { m_card->exported(), m_card->exported() };
        const QByteArray csv = chartsAsCsv(charts);
        QCOMPARE(csv.count(",event,"), 1); // both have it
        QVERIFY2(csv.endsWith("Z,\"VM started, \"\"web\"\"\",event,,,,,\n"), csv.right(200).constData());
        QCOMPARE(csv.split('\n').front().count(','), 7);
        const auto json = QJsonDocument::fromJson(chartsAsJson(charts));
        const auto events = json[QStringLiteral("charts")][1][QStringLiteral("events")].toArray();
        QCOMPARE(events.size(), 1);
        QCOMPARE(events[0][QStringLiteral("event")].toString(), QStringLiteral("VM started, \"web\""));
        const double end = json[QStringLiteral("charts")][1][QStringLiteral("to_ms")].toDouble();
        QVERIFY(std::abs(end - 5000 - events[0][QStringLiteral("time_ms")].toDouble()) < 1500);
    }

    void copiesAPictureTwiceAsSharp()
    {
        feedBoth(600);
        showBoth();
        QVERIFY(pixelsOf(picture(), chartColor(WorkloadKind::Vm, 0)) > 100);
        for (QAction* action : m_card->actions()) {
            if (action->shortcut() == QKeySequence::Copy)
                action->trigger();
        }
        const QImage copied = QGuiApplication::clipboard()->image();
        QCOMPARE(copied.size(), m_card->size() * 2);
        QVERIFY(pixelsOf(copied, chartColor(WorkloadKind::Vm, 0)) > 100);
    }

    void obeysKeysWheelAndDragging()
    {
        feedBoth(600);
        showBoth();
        QVERIFY(!picture().isNull());
        auto* canvas = m_card->findChild<ChartCanvas*>();
        QTest::keyClick(canvas, Qt::Key_Left);
        QVERIFY(!m_view->isLive());
        QTest::keyClick(canvas, Qt::Key_L);
        QVERIFY(m_view->isLive());
        QTest::keyClick(canvas, Qt::Key_Plus);
        QCOMPARE(m_view->lengthNanoseconds(), 400 * kTick);
        QVERIFY2(m_view->isLive(), "keys keep on following");
        QTest::keyClick(canvas, Qt::Key_Escape);
        QCOMPARE(m_view->lengthNanoseconds(), 600 * kTick);
        connect(m_card.get(), &ChartCard::cursorMoved, m_card.get(), &ChartCard::setCursor); // as a page does
        QTest::keyClick(canvas, Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(m_card->remark(), QStringLiteral("+137 MiB at the cursor"));
        const QPointF middle = canvas->viewport()->rect().center();
        QVERIFY2(!turnWheel(*canvas->viewport(), middle), "the page scrolls");
        QVERIFY(!turnWheel(*canvas->viewport(), middle, {}, { 200, 120 }) && m_view->isLive()); // not quite straight
        QCOMPARE(m_view->lengthNanoseconds(), 600 * kTick);
        QVERIFY(turnWheel(*canvas->viewport(), middle, Qt::ControlModifier));
        QCOMPARE(m_view->lengthNanoseconds(), 480 * kTick);
        QVERIFY(!m_view->isLive());
        const auto before = m_view->window().fromNanoseconds;
        QTest::mousePress(canvas->viewport(), Qt::LeftButton, {}, middle.toPoint());
        QTest::mouseMove(canvas->viewport(), middle.toPoint() + QPoint(50, 0));
        QTest::mouseRelease(canvas->viewport(), Qt::LeftButton, {}, middle.toPoint() + QPoint(50, 0));
        QVERIFY(m_view->window().fromNanoseconds < before);
        QTest::mouseDClick(canvas->viewport(), Qt::LeftButton, {}, middle.toPoint());
        QVERIFY(m_view->isLive());
        QCOMPARE(m_view->lengthNanoseconds(), 600 * kTick);
        QVERIFY(turnWheel(*canvas->viewport(), middle, {}, { 400, 120 }) && !m_view->isLive());
    }

    /// What a tick costs; printed, not judged.
    void costOfATick()
    {
        feedBoth(3600);
        showBoth();
        QBENCHMARK
        {
            feedBoth(1);
            m_card->grab();
        }
    }

private:
    void feedBoth(int ticks)
    {
        appendTicks(*m_rings, { kContainer, kVm }, ticks, [](MetricPoint& point, int) {
            setValue(point, Metric::ResidentBytes, (point.id == kVm ? 148.0 : 11.0) * (1 << 20));
        });
    }

    /// After the layout, which a chart does in the event loop.
    QImage picture()
    {
        if (!QTest::qWaitForWindowExposed(m_card.get()))
            return {};
        QCoreApplication::processEvents();
        return m_card->grab().toImage();
    }

    /// In and out alike.
    void feedNetwork(bool isVmGuestView)
    {
        appendTicks(*m_rings, { kContainer, kVm }, 3, [isVmGuestView](MetricPoint& point, int) {
            point[Metric::NetworkReceiveRate] = point[Metric::NetworkSendRate] = point.id == kVm ? 3000.0 : 1000.0;
            point.isNetworkGuestView = point.id == kVm && isVmGuestView;
        });
    }

    void showBoth() { show(*m_card); }

    static void show(ChartCard& card)
    {
        card.setMode(ChartMode::Difference);
        card.setWorkloads({ { kContainer, QStringLiteral("web"), chartColor(WorkloadKind::Container, 0) },
            { kVm, QStringLiteral("web"), chartColor(WorkloadKind::Vm, 0) } });
        card.show();
    }

    std::unique_ptr<MetricRings> m_rings;
    int m_noise = 1; ///< the same in each run
    std::unique_ptr<TimeView> m_view;
    std::unique_ptr<SeriesSource> m_source;
    std::unique_ptr<ChartCard> m_card;
};

QTEST_MAIN(ChartCardTest)
#include "metrics_chart_card_test.moc"
