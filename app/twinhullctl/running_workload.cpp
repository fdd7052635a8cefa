// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/running_workload.h"

#include "app/twinhullctl/workload_text.h"

namespace twinhull {

namespace {

enum class Wanted { Running, Files };

bool hasFiles(const Program& program, const WorkloadInfo& info)
{
    const auto* runner = info.id.kind == WorkloadKind::Container ? program.containers() : nullptr;
    return runner != nullptr && runner->hasFilesAtRest(info.id);
}

void withWanted(Program& program, const RunningName& named, const char* doing, Wanted wanted, const WithWorkload& then)
{
    const auto kind = kindFromText(named.kind);
    if (!kind) {
        program.fail(kind.error());
        return;
    }
    const auto info = findOne(program.registry(), QString::fromStdString(named.name), *kind);
    if (!info && info.error().code == ErrorCode::NotFound && program.vms() == nullptr && named.kind.empty()) {
        program.alsoWithVms(
            [named, doing, wanted, then](Program& again) { withWanted(again, named, doing, wanted, then); });
        return;
    }
    // processes elsewhere are not this computer's
    const bool isGood = info && (info->footprint.hasFigures() || (wanted == Wanted::Files && hasFiles(program, *info)));
    auto runs = isGood ? Result<>() : info ? checkRuns(*info, doing) : Result<>(info.error());
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

} // namespace

Result<> checkRuns(const WorkloadInfo& info, const char* doing)
{
    if (!info.footprint.isEmpty())
        return {};
    return Error{ ErrorCode::Busy,
        std::string("cannot ") + doing + " " + info.name.toStdString() + ": it is " + textOf(info.state).toStdString(),
        0, "Start it first: twinhullctl start " + info.name.toStdString() };
}

void withRunning(Program& program, const RunningName& named, const char* doing, const WithWorkload& then)
{
    withWanted(program, named, doing, Wanted::Running, then);
}

void withFiles(Program& program, const RunningName& named, const char* doing, const WithWorkload& then)
{
    withWanted(program, named, doing, Wanted::Files, then);
}

} // namespace twinhull
