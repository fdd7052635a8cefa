// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_info.h"

#include <algorithm>

namespace twinhull {

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
