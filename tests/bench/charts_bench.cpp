// SPDX-License-Identifier: GPL-3.0-or-later
// bench.charts [ROUNDS]: what a tick of the page Compare costs: ten workloads on its four charts, an hour of seconds
// each, so 40 lines of 3,600 points, with the page's tables, bars and sentence; until all that changed is painted, in
// memory. By turns with the same lines in plain Qt Charts, which are replaced and painted. Prints milliseconds as a
// line of JSON (parts_bench.py makes figures of them).
#include "tests/support/context_world.h"
#include "tests/support/metric_frames.h"
#include "ui/metrics/chart_card.h"
#include "ui/theme/theme.h"
#include "ui/twin/compare_bar.h"
#include "ui/twin/compare_page.h"
#include "ui/twin/plot_bar.h"

#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QElapsedTimer>
#include <QGridLayout>
#include <QLineSeries>
#include <QValueAxis>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace twinhull;

namespace {

constexpr int kWorkloads = 10;
constexpr int kPoints = 3600;
constexpr int kCharts = 4;
constexpr QSize kPageSize(1600, 1000);

/// All that waits for the event loop, what has to be painted among it. Nothing waits for a screen: there is none.
void settle()
{
    for (int turn = 0; turn < 3; ++turn) { // a chart tells its view, and the view its window
        QApplication::sendPostedEvents();
        QApplication::processEvents();
    }
}

/// How often something of one widget was painted.
class PaintCount : public QObject {
public:
    explicit PaintCount(QWidget& page)
    {
        for (QWidget* widget : page.findChildren<QWidget*>())
            widget->installEventFilter(this);
    }
    int count() const { return m_count; }
    bool eventFilter(QObject* /*watched*/, QEvent* event) override
    {
        m_count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }

private:
    int m_count = 0;
};

void feed(MetricRings& rings, const std::vector<WorkloadId>& ids, int ticks)
{
    test::appendTicks(rings, ids, ticks, [](MetricPoint& point, int) {
        static unsigned state = 1;
        for (const Metric metric : { Metric::CpuCores, Metric::ResidentBytes, Metric::PssBytes,
                 Metric::NetworkReceiveRate, Metric::NetworkSendRate, Metric::DiskReadRate, Metric::DiskWriteRate }) {
            state = state * 1664525U + 1013904223U;
            test::setValue(point, metric, double(state >> 16U));
        }
    });
}

/// The page as the window has it.
class OurPage {
public:
    OurPage()
    {
        m_world.settings.setValue(setting::kCompareSpan, kPoints);
        m_page = std::make_unique<ComparePage>(m_world.context);
        auto* bar = static_cast<CompareBar*>(m_page->pageBar());
        for (int i = 0; i < kWorkloads; ++i) {
            const bool isVm = i % 2 != 0;
            WorkloadInfo info
                = test::makeWorkload(isVm ? WorkloadKind::Vm : WorkloadKind::Container, QString::number(i));
            m_ids.push_back(info.id);
            (isVm ? m_world.vms : m_world.containers).put(info);
            Q_EMIT bar->addRequested(info.id);
        }
        feed(m_world.rings, m_ids, kPoints);
        m_page->resize(kPageSize);
        m_page->show();
        settle();
    }

    void setMode(ChartMode mode)
    {
        Q_EMIT m_page->findChild<PlotBar*>()->modeChosen(mode);
        update();
        settle();
    }
    void update() { feed(m_world.rings, m_ids, 1); } // the page reads, scales and decimates
    QWidget& widget() { return *m_page; }

    /// 40 lines are on the page, and a tick paints them.
    bool isWhole()
    {
        const auto cards = m_page->findChildren<ChartCard*>();
        const PaintCount painted(*m_page);
        update();
        settle();
        return cards.size() == kCharts && painted.count() >= kCharts;
    }

private:
    test::ContextWorld m_world;
    std::vector<WorkloadId> m_ids;
    std::unique_ptr<ComparePage> m_page;
};

/// The same lines as a program draws them that does nothing of its own.
class PlainPage {
public:
    PlainPage()
    {
        auto* grid = new QGridLayout(&m_page);
        for (int place = 0; place < kCharts; ++place) {
            auto* chart = new QChart;
            for (int i = 0; i < kWorkloads; ++i) {
                m_lines.push_back(new QLineSeries);
                chart->addSeries(m_lines.back());
            }
            chart->createDefaultAxes();
            chart->axes(Qt::Vertical).front()->setRange(0, 1 << 16);
            m_axes.push_back(chart->axes(Qt::Horizontal).front());
            grid->addWidget(new QChartView(chart), place / 2, place % 2);
        }
        m_points.resize(m_lines.size());
        for (int tick = 0; tick < kPoints; ++tick)
            append();
        m_page.resize(kPageSize);
        m_page.show();
        update();
        settle();
    }

    void update()
    {
        append();
        for (std::size_t i = 0; i < m_lines.size(); ++i)
            m_lines[i]->replace(m_points[i]);
        for (QAbstractAxis* axis : m_axes)
            axis->setRange(m_tick - kPoints, m_tick);
    }
    QWidget& widget() { return m_page; }

private:
    void append()
    {
        ++m_tick;
        for (auto& points : m_points) {
            m_state = m_state * 1664525U + 1013904223U;
            points.append({ double(m_tick), double(m_state >> 16U) });
            if (points.size() > kPoints)
                points.removeFirst();
        }
    }

    QWidget m_page;
    std::vector<QLineSeries*> m_lines;
    std::vector<QAbstractAxis*> m_axes;
    std::vector<QList<QPointF>> m_points;
    unsigned m_state = 1;
    int m_tick = 0;
};

/// Milliseconds of each round.
struct Times {
    std::vector<double> update; ///< until the lines are there
    std::vector<double> paint; ///< from there until all is painted

    template <typename Page>
    void take(Page& page)
    {
        QElapsedTimer timer;
        timer.start();
        page.update();
        update.push_back(double(timer.nsecsElapsed()) / 1e6);
        timer.restart();
        settle();
        paint.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    std::string text() const { return R"({"update": )" + list(update) + R"(, "paint": )" + list(paint) + "}"; }

private:
    static std::string list(const std::vector<double>& values)
    {
        std::string text;
        for (const double value : values)
            text += (text.empty() ? "[" : ", ") + std::to_string(value);
        return text + "]";
    }
};

} // namespace

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 40;
    Theme::current().apply(ThemeMode::Light);
    OurPage ours;
    PlainPage plain;
    if (!ours.isWhole()) {
        std::fputs("bench.charts: the page does not paint its four charts at a tick\n", stderr);
        return 1;
    }
    const std::pair<ChartMode, const char*> modes[] = { { ChartMode::Each, "each" }, { ChartMode::Stacked, "stacked" },
        { ChartMode::Difference, "difference" }, { ChartMode::Ratio, "ratio" } };
    std::array<Times, std::size(modes)> times;
    Times plainTimes;
    for (int round = 0; round < std::max(rounds, 1); ++round) { // by turns, so that all meet the same machine
        for (std::size_t i = 0; i < times.size(); ++i) {
            ours.setMode(modes[i].first);
            times[i].take(ours);
        }
        plainTimes.take(plain);
    }
    for (std::size_t i = 0; i < times.size(); ++i)
        std::printf("%s\"%s\": %s", i == 0 ? "{" : ", ", modes[i].second, times[i].text().c_str());
    std::printf(", \"plain\": %s}\n", plainTimes.text().c_str());
    return 0;
}
