// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_info.h"

#include <algorithm>

namespace twinhull {

bool hasMark(const std::vector<StartupMark>& marks, QStringView name)
{
    return std::any_of(marks.begin(), marks.end(), [name](const StartupMark& mark) { return mark.name == name; });
}

std::vector<StartupMark> phaseMarks(const std::vector<StartupMark>& marks)
{
    std::vector<StartupMark> phases = marks;
    if (hasMark(marks, u"resumed"))
        std::erase_if(phases, [](const StartupMark& mark) { return mark.name == u"created"; });
    return phases;
}

std::optional<std::int64_t> startupNanoseconds(const WorkloadInfo& info, const QString& markName)
{
    const auto& marks = info.startupMarks;
    const auto mark = std::find_if(
        marks.begin(), marks.end(), [&](const StartupMark& candidate) { return candidate.name == markName; });
    if (mark == marks.end() || marks.front().name != QLatin1String("request"))
        return std::nullopt;
    return mark->monotonicNanoseconds - marks.front().monotonicNanoseconds;
}

} // namespace twinhull
