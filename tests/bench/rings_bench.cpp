// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that the readings of a workload take, after some ticks of one second and after two hours. Usage: bench.rings
#include "core/metrics/metric_rings.h"

#include <malloc.h>

#include <cstdio>

using namespace twinhull;

namespace {

constexpr int kWorkloads = 100;
constexpr std::int64_t kSecond = 1'000'000'000;

/// `changing` figures that change with each tick, and as many that stand still.
MetricsFrame frameAt(int tick, std::size_t changing, std::size_t constant)
{
    MetricsFrame frame;
    frame.monotonicNanoseconds = tick * kSecond;
    for (int i = 0; i < kWorkloads; ++i) {
        MetricPoint point;
        point.id = { WorkloadKind::Container, QString::number(i) };
        for (std::size_t metric = 0; metric < changing + constant; ++metric)
            point.readings.at(metric) = metric < changing ? tick % 1000 + i : i;
        frame.points.push_back(std::move(point));
    }
    return frame;
}

double bytesOfOne(MetricRings& rings, int from, int to, std::size_t changing, std::size_t constant, std::size_t before)
{
    for (int tick = from; tick < to; ++tick)
        rings.append(frameAt(tick, changing, constant));
    return static_cast<double>(::mallinfo2().uordblks - before) / kWorkloads / 1024;
}

void run(const char* title, std::size_t changing, std::size_t constant)
{
    const std::size_t before = ::mallinfo2().uordblks;
    MetricRings rings;
    std::printf("%-44s", title);
    int tick = 0;
    for (const int end : { 600, 3600, 7200, 10'800 }) {
        std::printf("%9.1f", bytesOfOne(rings, tick, end, changing, constant, before));
        tick = end;
    }
    std::puts("");
}

} // namespace

int main()
{
    if (::mallinfo2().uordblks == 0) {
        std::puts("bench.rings needs a build without sanitizers: they keep the books of memory themselves");
        return 0;
    }
    std::printf("%-44s%9s%9s%9s%9s\n", "KiB a workload after", "10 min", "1 h", "2 h", "3 h");
    run("10 figures that change (at most 32 in 10 min)", 10, 0);
    run("10 figures that stand still", 0, 10);
    run("10 that change and 26 that stand still", 10, 26);
    return 0;
}
