// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/known_containers.h"

#include "core/base/files.h"

#include <filesystem>

namespace twinhull {

namespace {

/// What its monitor wrote down last.
std::vector<NetworkPlace> placesOf(const ContainerFolder& folder)
{
    const auto text = readFile(folder.runRecordPath(), kMonitorReplyLimitBytes);
    auto status = text ? decodeMonitorReply(*text) : Result<MonitorStatus>(text.error());
    return status ? std::move(status->places) : std::vector<NetworkPlace>();
}

} // namespace

Result<std::vector<KnownContainer>> knownContainers(const DataFolders& folders)
{
    std::vector<KnownContainer> known;
    for (const auto& id : containerIds(folders)) {
        const ContainerFolder folder(folders, id);
        auto settings = folder.readSettings();
        if (!settings && settings.error().code == ErrorCode::NotFound) // removed meanwhile
            continue;
        if (!settings)
            return std::move(settings).error();
        KnownContainer container{ *std::move(settings), exists(folder.runRecordPath()), {}, false };
        if (container.isRunning && !container.settings.networks.empty())
            container.places = placesOf(folder);
        known.push_back(std::move(container));
    }
    std::error_code failure; // without a bin nothing is in it
    for (std::filesystem::directory_iterator each(folders.bin(), failure), end; !failure && each != end;
         each.increment(failure)) {
        const auto text = readFile(each->path().string() + "/" + kContainerSettingsName, kContainerSettingsLimitBytes);
        auto settings = text ? decodeContainerSettings(*text) : Result<ContainerSettings>(text.error());
        if (settings)
            known.push_back({ *std::move(settings), false, {}, true });
    }
    return known;
}

} // namespace twinhull
