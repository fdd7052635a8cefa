// SPDX-License-Identifier: GPL-3.0-or-later
// charts_bench: what a tick of the charts of a page costs: ten workloads on four charts, an hour of seconds each, read,
// scaled, decimated and painted. Milliseconds; for a person to read.
#include "tests/support/metric_frames.h"
#include "ui/metrics/chart_card.h"
#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QGridLayout>

#include <algorithm>
#include <cstdio>

using namespace twinhull;

namespace {

constexpr int kWorkloads = 10;
constexpr int kRounds = 20;

std::vector<ChartedWorkload> workloads()
{
    std::vector<ChartedWorkload> all;
    for (int i = 0; i < kWorkloads; ++i) {
        const auto kind = i % 2 == 0 ? WorkloadKind::Container : WorkloadKind::Vm;
        all.push_back({ { kind, QString::number(i) }, QString::number(i), chartColor(kind, i / 2), chartPenStyle(i / 2),
            chartMarker(i / 2) });
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

} // namespace

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    Theme::current().apply(ThemeMode::Light);
    MetricRings rings;
    TimeView view(rings);
    SeriesSource source(rings, view, nullptr);
    view.setSpan(std::chrono::hours(1));
    const auto all = workloads();
    feed(rings, all, 3600);
    QWidget page;
    auto* grid = new QGridLayout(&page);
    std::vector<ChartCard*> cards;
    for (const Quantity quantity : { Quantity::Cpu, Quantity::Memory, Quantity::Network, Quantity::Disk }) {
        cards.push_back(new ChartCard(source, quantity));
        grid->addWidget(cards.back(), static_cast<int>(cards.size() - 1) / 2, static_cast<int>(cards.size() - 1) % 2);
        cards.back()->setWorkloads(all);
    }
    page.resize(1000, 600);
    page.show();
    const std::pair<ChartMode, const char*> modes[] = { { ChartMode::Each, "each" }, { ChartMode::Stacked, "stacked" },
        { ChartMode::Difference, "difference" }, { ChartMode::Ratio, "ratio" } };
    for (const auto& [mode, name] : modes) {
        for (ChartCard* card : cards)
            card->setMode(mode);
        QApplication::processEvents();
        std::vector<double> reading;
        std::vector<double> painting;
        for (int round = 0; round < kRounds; ++round) {
            QElapsedTimer timer;
            timer.start();
            feed(rings, all, 1); // the cards read, scale and decimate
            reading.push_back(double(timer.nsecsElapsed()) / 1e6);
            timer.restart();
            page.grab();
            painting.push_back(double(timer.nsecsElapsed()) / 1e6);
        }
        std::sort(reading.begin(), reading.end());
        std::sort(painting.begin(), painting.end());
        std::printf("%s: update of 40 lines of 3600 points: median %.2f ms, 95 %% below %.2f ms; painting the page: "
                    "median %.2f ms\n",
            name, reading[kRounds / 2], reading[kRounds * 95 / 100], painting[kRounds / 2]);
    }
    return 0;
}
