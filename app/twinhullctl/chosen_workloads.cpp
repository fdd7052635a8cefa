// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_workloads.h"

#include "app/twinhullctl/workload_text.h"

#include <QJsonArray>

namespace twinhull {

std::optional<std::vector<WorkloadInfo>> chosenWorkloads(
    Program& program, const std::vector<std::string>& names, const std::string& kind)
{
    const auto wanted = kindFromText(kind);
    auto found
        = wanted ? findEach(program.registry(), names, *wanted) : Result<std::vector<WorkloadInfo>>(wanted.error());
    if (found)
        return *std::move(found);
    program.noteMissingVms();
    program.fail(found.error());
    return {};
}

void finishChange(Program& program, const std::vector<WorkloadInfo>& before)
{
    if (program.wantsJson()) {
        QJsonArray array;
        for (const auto& info : before) {
            if (const auto now = program.registry().find(info.id))
                array.append(toJson(*now));
        }
        program.print(QJsonValue(array));
    }
    program.finish();
}

} // namespace twinhull
