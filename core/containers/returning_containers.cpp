// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/returning_containers.h"

#include "core/base/files.h"
#include "core/ipc/container_folder.h"

#include <algorithm>
#include <tuple>

namespace twinhull {

namespace {

constexpr std::size_t kExitRecordLimitBytes = 64U << 10U;

/// run.json first: who clears up after a run writes exit.json before it takes run.json away.
bool wasStoppedByPerson(const ContainerFolder& folder)
{
    if (const auto text = readFile(folder.runRecordPath(), kMonitorReplyLimitBytes)) {
        const auto status = decodeMonitorReply(*text);
        return status && status->isStopAsked;
    }
    const auto text = readFile(folder.exitRecordPath(), kExitRecordLimitBytes);
    if (!text) // it never ran
        return false;
    const auto record = decodeExitRecord(*text);
    return record && record->wasAsked;
}

} // namespace

bool comesBack(const RestartPolicy& policy, bool wasStopped)
{
    switch (policy.when) {
    case RestartPolicy::When::Never:
    case RestartPolicy::When::OnFailure:
        return false;
    case RestartPolicy::When::Always:
        return true;
    case RestartPolicy::When::UnlessStopped:
        return !wasStopped;
    }
    return false;
}

std::vector<ReturningContainer> returningContainers(const DataFolders& folders)
{
    std::vector<std::pair<std::int64_t, ReturningContainer>> all;
    for (const auto& id : containerIds(folders)) {
        const ContainerFolder folder(folders, id);
        auto settings = folder.readSettings();
        if (!settings) // listing them says why
            continue;
        const bool wasStopped = wasStoppedByPerson(folder);
        const auto& policy = settings->upkeep.restart;
        all.push_back({ settings->createdMilliseconds,
            { id, std::move(settings->name), policy, wasStopped, comesBack(policy, wasStopped) } });
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first, a.second.name) < std::tie(b.first, b.second.name);
    });
    std::vector<ReturningContainer> ordered;
    for (auto& entry : all)
        ordered.push_back(std::move(entry.second));
    return ordered;
}

} // namespace twinhull
