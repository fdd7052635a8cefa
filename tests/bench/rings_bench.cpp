// SPDX-License-Identifier: GPL-3.0-or-later
// bench.rings: memory that the readings of a workload take after ten minutes, and the most of it in the blocks of ticks
// that end with the second and the third hour, as a line of JSON: KiB a workload (parts_bench.py makes figures of
// them). What is old goes by whole blocks, so that between two of them the memory rises and falls.
#include "core/metrics/metric_rings.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdio>

using namespace twinhull;

namespace {

constexpr int kWorkloads = 100;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr int kHour = 3600; // ticks

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

constexpr int kBlock = static_cast<int>(TickBlock::kTicks);

/// At the end where that lies in the first hour, else the most within the last block.
double kibOfOne(MetricRings& rings, int from, int to, std::size_t changing, std::size_t constant, std::size_t before)
{
    double most = 0;
    for (int tick = from; tick < to; ++tick) {
        rings.append(frameAt(tick, changing, constant));
        const bool isLooked = to <= kHour ? tick + 1 == to : tick >= to - kBlock;
        if (isLooked)
            most = std::max(most, static_cast<double>(::mallinfo2().uordblks - before) / kWorkloads / 1024);
    }
    return most;
}

constexpr std::array kEnds{ 600, 2 * kHour, 3 * kHour };

void run(const char* title, std::size_t changing, std::size_t constant)
{
    const std::size_t before = ::mallinfo2().uordblks;
    MetricRings rings;
    std::printf(R"("%s": [)", title);
    int tick = 0;
    for (const int end : kEnds) {
        std::printf("%s%.2f", tick == 0 ? "" : ", ", kibOfOne(rings, tick, end, changing, constant, before));
        tick = end;
    }
    std::printf("]");
}

} // namespace

int main()
{
    if (::mallinfo2().uordblks == 0) {
        std::fputs("bench.rings needs a build without sanitizers: they keep the books of memory themselves\n", stderr);
        return 1;
    }
    std::printf(R"({"seconds": [%d, %d, %d], )", kEnds[0], kEnds[1], kEnds[2]);
    run("10 figures that change", 10, 0);
    std::printf(", ");
    run("10 figures that stand still", 0, 10);
    std::printf(", ");
    run("10 figures that change and 26 that stand still", 10, 26);
    std::printf("}\n");
    return 0;
}
