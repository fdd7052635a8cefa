// SPDX-License-Identifier: GPL-3.0-or-later
// bench.charts [ROUNDS]: what a tick of the charts of a page costs: ten workloads on four charts, an hour of seconds
// each, read, scaled, decimated and painted; by turns with the same lines in plain Qt Charts, which are replaced and
// painted. Prints milliseconds as a line of JSON (parts_bench.py makes figures of them).
#include "tests/support/metric_frames.h"
#include "ui/metrics/chart_card.h"
#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QElapsedTimer>
#include <QGridLayout>
#include <QLineSeries>
#include <QValueAxis>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace twinhull;

namespace {

constexpr int kWorkloads = 10;
constexpr int kPoints = 3600;
constexpr int kCharts = 4;

std::vector<ChartedWorkload> workloads()
{
    std::vector<ChartedWorkload> all;
    for (int i = 0; i < kWorkloads; ++i) {
        const auto kind = i % 2 == 0 ? WorkloadKind::Container : WorkloadKind::Vm;
        all.push_back(
            { { kind, QString::number(i) }, QString::number(i), chartColor(kind, i / 2), chartPenStyle(i / 2) });
    }
    return all;
}

void feed(MetricRings& rings, const std::vector<ChartedWorkload>& all, int ticks)
{
    std::vector<WorkloadId> ids;
    for (const ChartedWorkload& each : all)
        ids.push_back(each.id);
    test::appendTicks(rings, ids, ticks, [](MetricPoint& point, int) {
        static unsigned state = 1;
        for (const Metric metric : { Metric::CpuCores, Metric::ResidentBytes, Metric::NetworkReceiveRate,
                 Metric::NetworkSendRate, Metric::DiskReadRate, Metric::DiskWriteRate }) {
            state = state * 1664525U + 1013904223U;
            test::setValue(point, metric, double(state >> 16U));
        }
    });
}

/// Our four charts on a page.
class OurPage {
public:
    OurPage() : m_view(m_rings), m_source(m_rings, m_view, nullptr)
    {
        m_view.setSpan(std::chrono::hours(1));
        feed(m_rings, m_workloads, kPoints);
        auto* grid = new QGridLayout(&m_page);
        for (const Quantity quantity : { Quantity::Cpu, Quantity::Memory, Quantity::Network, Quantity::Disk }) {
            m_cards.push_back(new ChartCard(m_source, quantity));
            const auto place = static_cast<int>(m_cards.size() - 1);
            grid->addWidget(m_cards.back(), place / 2, place % 2);
            m_cards.back()->setWorkloads(m_workloads);
        }
        m_page.resize(1000, 600);
        m_page.show();
    }

    void setMode(ChartMode mode)
    {
        for (ChartCard* card : m_cards)
            card->setMode(mode);
        update();
        QApplication::processEvents();
    }
    void update() { feed(m_rings, m_workloads, 1); } // the cards read, scale and decimate
    void paint() { m_page.grab(); }

private:
    MetricRings m_rings;
    TimeView m_view;
    SeriesSource m_source;
    std::vector<ChartedWorkload> m_workloads = workloads();
    QWidget m_page;
    std::vector<ChartCard*> m_cards;
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
        m_page.resize(1000, 600);
        m_page.show();
        update();
        QApplication::processEvents();
    }

    void update()
    {
        append();
        for (std::size_t i = 0; i < m_lines.size(); ++i)
            m_lines[i]->replace(m_points[i]);
        for (QAbstractAxis* axis : m_axes)
            axis->setRange(m_tick - kPoints, m_tick);
    }
    void paint() { m_page.grab(); }

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
    std::vector<double> update;
    std::vector<double> paint;

    template <typename Page>
    void take(Page& page)
    {
        QElapsedTimer timer;
        timer.start();
        page.update();
        update.push_back(double(timer.nsecsElapsed()) / 1e6);
        timer.restart();
        page.paint();
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
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 20;
    Theme::current().apply(ThemeMode::Light);
    OurPage ours;
    PlainPage plain;
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
