// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/group_members.h"

#include "core/compose/compose_labels.h"
#include "core/workload/workload_connection.h"

#include <algorithm>

namespace twinhull {

bool isOfApplication(const WorkloadInfo& info)
{
    return info.twinGroup.isEmpty() && connectionOf(info.id).isEmpty() && !projectOf(info).isEmpty();
}

Result<std::vector<WorkloadId>> groupMembers(
    const std::vector<WorkloadInfo>& all, const std::vector<WorkloadInfo>& chosen)
{
    std::vector<WorkloadId> members;
    const auto add = [&members](const WorkloadId& id) {
        if (std::find(members.begin(), members.end(), id) == members.end())
            members.push_back(id);
    };
    for (const WorkloadInfo& info : chosen) {
        if (isOfApplication(info))
            return Error{ ErrorCode::InvalidArgument,
                info.name.toStdString() + " stays in its application " + projectOf(info).toStdString(), 0,
                "An application is a row of its own. Leave out its containers." };
        add(info.id);
        for (const WorkloadInfo& other : all) {
            if (!info.twinGroup.isEmpty() && other.twinGroup == info.twinGroup)
                add(other.id);
        }
    }
    return members;
}

} // namespace twinhull
