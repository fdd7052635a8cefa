// SPDX-License-Identifier: GPL-3.0-or-later
// bench.past FILE SECONDS METRIC…: writes that many seconds of readings, up to now, into the history FILE as the
// program itself records them, so that a window's charts are full when it opens (window_bench.py). Whose: a line
// "container KEY NAME" or "vm KEY NAME" each on standard input. A METRIC ("cpu_cores") changes at every second; without
// any, all do.
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/history/history_database.h"
#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>

using namespace twinhull;

namespace {

constexpr int kMostSeconds = 24 * 3600; // so long seconds are kept
constexpr std::size_t kWrittenAtOnce = 50;

float nextOf(unsigned& state, MetricUnit unit)
{
    state = state * 1664525U + 1013904223U;
    const float part = static_cast<float>(state >> 16U) / 65536;
    return unit == MetricUnit::Cores ? part / 20 : part * (1 << 20);
}

PackedTicks readingsUntil(std::int64_t now, int seconds, const std::vector<MetricRow>& rows, unsigned state)
{
    PackedTicks readings;
    for (int second = seconds; second > 0; --second) {
        TickValues tick{ now - second * 1000LL, {} };
        for (const MetricRow& row : rows)
            tick.values.at(static_cast<std::size_t>(row.metric)) = nextOf(state, row.about.unit);
        readings.append(tick);
    }
    return readings;
}

/// Those that are named; all where none is.
std::vector<MetricRow> rowsNamed(const std::vector<std::string>& keys)
{
    std::vector<MetricRow> rows;
    for (const MetricRow& row : metricCatalogue()) {
        if (keys.empty() || std::find(keys.begin(), keys.end(), row.about.key) != keys.end())
            rows.push_back(row);
    }
    return rows;
}

Result<int> fill(HistoryDatabase& history, int seconds, const std::vector<MetricRow>& rows)
{
    const std::int64_t now = wallClockMilliseconds();
    std::vector<HistoryBatch> batches;
    int count = 0;
    std::string kind;
    std::string key;
    std::string name;
    bool isMore = true;
    while (isMore) {
        isMore = static_cast<bool>(std::cin >> kind >> key >> name);
        if (isMore) {
            const WorkloadId id{ kind == "vm" ? WorkloadKind::Vm : WorkloadKind::Container,
                QString::fromStdString(key) };
            batches.push_back({ id, QString::fromStdString(name),
                readingsUntil(now, seconds, rows, static_cast<unsigned>(++count)), {} });
        }
        if (isMore && batches.size() < kWrittenAtOnce)
            continue;
        if (auto written = history.write(batches); !written)
            return std::move(written).error();
        batches.clear();
    }
    return count;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv); // finds the driver of SQLite
    const int seconds = argc > 2 ? std::atoi(argv[2]) : 0;
    const std::vector<std::string> keys(argv + std::min(argc, 3), argv + argc);
    const auto rows = rowsNamed(keys);
    if (seconds < 1 || seconds > kMostSeconds || (!keys.empty() && rows.size() != keys.size())) {
        std::fputs(
            "usage: bench.past FILE SECONDS METRIC…; a day at most, each metric of the catalogue once\n", stderr);
        return 2;
    }
    const std::string path = argv[1];
    Result<> done = makeFolders(path.substr(0, path.rfind('/')));
    if (done) {
        auto history = HistoryDatabase::open(path, HistoryDatabase::Access::Write);
        auto count = history ? fill(**history, seconds, rows) : Result<int>(std::move(history).error());
        if (count) {
            std::printf("%d workloads, %d seconds, %zu figures each\n", *count, seconds, rows.size());
            return 0;
        }
        done = std::move(count).error();
    }
    std::fprintf(stderr, "bench.past: %s\n", done.error().message.c_str());
    return 1;
}
