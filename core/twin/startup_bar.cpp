// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/startup_bar.h"

#include <algorithm>
#include <cmath>

namespace twinhull {

std::vector<StartupSegment> startupSegments(const RunFigures& run)
{
    std::vector<StartupSegment> segments;
    if (run.marks.empty())
        return segments;
    const auto isResumed = [](const StartupMark& mark) { return mark.name == u"resumed"; };
    const bool isGuestRunning = std::any_of(run.marks.begin(), run.marks.end(), isResumed);
    const auto request = run.marks.front().monotonicNanoseconds;
    auto previous = request;
    for (std::size_t i = 1; i < run.marks.size(); ++i) {
        const auto& mark = run.marks[i];
        if (mark.monotonicNanoseconds < previous)
            continue;
        if (isGuestRunning && mark.name == u"created")
            continue; // libvirt tells it while the guest boots: no phase of its own
        segments.push_back({ mark.name, static_cast<double>(previous - request) / 1e6,
            static_cast<double>(mark.monotonicNanoseconds - previous) / 1e6 });
        previous = mark.monotonicNanoseconds;
        if (mark.name == u"ready")
            break;
    }
    return segments;
}

const RunFigures* medianStartup(const HullFigures& half)
{
    const Figure median = half.median(&RunFigures::startupMilliseconds);
    const RunFigures* nearest = nullptr;
    double smallest = 0;
    for (const auto& run : half.runs) {
        if (!median.value || !run.startupMilliseconds.value)
            continue;
        const double distance = std::fabs(*run.startupMilliseconds.value - *median.value);
        if (nearest == nullptr || distance < smallest) {
            nearest = &run;
            smallest = distance;
        }
    }
    return nearest;
}

} // namespace twinhull
