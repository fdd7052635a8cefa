// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_overlay.h"

#include <algorithm>
#include <map>

namespace twinhull {

namespace {

constexpr std::int64_t kLeastStepMilliseconds = 1000;

/// As wished, or a minute where no seconds are kept from there on.
Result<std::int64_t> stepFor(
    const HistoryDatabase& database, const WorkloadId& id, std::int64_t from, std::int64_t wish)
{
    PastQuestion question;
    question.workloads = { id };
    question.fromMilliseconds = from;
    question.toMilliseconds = from; // how fine it is, and nothing of it
    question.stepMilliseconds = wish;
    const auto answer = database.past(question);
    return answer ? Result<std::int64_t>(answer->stepMilliseconds) : answer.error();
}

} // namespace

Result<Overlaid> layOver(const HistoryDatabase& database, const OverlayQuestion& question)
{
    const std::int64_t length = question.lengthMilliseconds;
    const auto most = static_cast<std::int64_t>(std::max<std::size_t>(question.mostPoints, 1));
    const std::int64_t wish = std::max(kLeastStepMilliseconds, (length + most - 1) / most);
    const auto ofFirst = stepFor(database, question.first, question.firstFromMilliseconds, wish);
    const auto ofSecond = stepFor(database, question.second, question.secondFromMilliseconds, wish);
    if (!ofFirst || !ofSecond)
        return ofFirst ? ofSecond.error() : ofFirst.error();
    const std::int64_t steps = std::max<std::int64_t>(length / std::max(*ofFirst, *ofSecond), 1);
    const std::int64_t step = (length + steps - 1) / steps;
    std::map<std::int64_t, OverlaidPoint> points;
    const auto read = [&](const WorkloadId& id, std::int64_t from, const auto& take) -> Result<> {
        const auto figures = database.points(
            id, question.metric, { from, from + length }, static_cast<std::size_t>(steps), PlacedBy::TheirTime);
        if (!figures)
            return figures.error();
        for (const HistoryPoint& point : *figures)
            take(points[(point.wallMilliseconds - from) / step], point);
        return {};
    };
    const auto takeFirst = [](OverlaidPoint& both, const HistoryPoint& point) {
        both.first = point.range;
        both.toldMilliseconds = point.toldMilliseconds;
    };
    const auto takeSecond = [](OverlaidPoint& both, const HistoryPoint& point) {
        both.second = point.range;
        both.toldMilliseconds = std::min(both.toldMilliseconds, point.toldMilliseconds);
    };
    Result<> done = read(question.first, question.firstFromMilliseconds, takeFirst);
    if (done)
        done = read(question.second, question.secondFromMilliseconds, takeSecond);
    if (!done)
        return std::move(done).error();
    Overlaid overlaid{ step, {} };
    for (auto& [number, point] : points) {
        point.offsetMilliseconds = number * step;
        point.toldMilliseconds = point.second ? point.toldMilliseconds : 0;
        overlaid.points.push_back(point);
    }
    return overlaid;
}

} // namespace twinhull
