// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/running_workload.h"

#include "app/twinhullctl/workload_text.h"

namespace twinhull {

Result<> checkRuns(const WorkloadInfo& info, const char* doing)
{
    if (!info.footprint.isEmpty())
        return {};
    return Error{ ErrorCode::Busy,
        std::string("cannot ") + doing + " " + info.name.toStdString() + ": it is " + textOf(info.state).toStdString(),
        0, "Start it first: twinhullctl start " + info.name.toStdString() };
}

void withRunning(Program& program, const RunningName& named, const char* doing,
    const std::function<void(Program&, const WorkloadInfo&)>& then)
{
    const auto kind = kindFromText(named.kind);
    if (!kind) {
        program.fail(kind.error());
        return;
    }
    const auto info = findOne(program.registry(), QString::fromStdString(named.name), *kind);
    if (!info && info.error().code == ErrorCode::NotFound && program.vms() == nullptr && named.kind.empty()) {
        program.alsoWithVms([named, doing, then](Program& again) { withRunning(again, named, doing, then); });
        return;
    }
    const bool runsElsewhere = info && info->footprint.hasFigures(); // its processes are not this computer's
    auto runs = runsElsewhere ? Result<>() : info ? checkRuns(*info, doing) : Result<>(info.error());
    if (runs && info->state == WorkloadState::Paused) // nobody inside would answer
        runs = Error{ ErrorCode::Busy, std::string("cannot ") + doing + " " + named.name + ": it is paused", 0,
            "Resume it first: twinhullctl resume " + named.name };
    if (!runs) {
        program.noteMissingVms();
        program.fail(runs.error());
        return;
    }
    then(program, *info);
}

} // namespace twinhull
