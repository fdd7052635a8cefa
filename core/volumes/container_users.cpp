// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/volumes/container_users.h"

#include "core/base/files.h"
#include "core/ipc/container_folder.h"

#include <QObject>

#include <filesystem>

namespace twinhull {

Result<ContainerUsers> findContainerUsers(
    const DataFolders& folders, const std::function<std::vector<std::string>(const ContainerSettings&)>& namesIn)
{
    ContainerUsers users;
    for (const auto& id : containerIds(folders)) {
        const ContainerFolder folder(folders, id);
        const auto settings = folder.readSettings();
        if (!settings && settings.error().code == ErrorCode::NotFound) // removed meanwhile
            continue;
        if (!settings)
            return settings.error();
        for (const auto& used : namesIn(*settings)) {
            users.all[used] << QString::fromStdString(settings->name);
            if (exists(folder.runRecordPath()))
                users.running[used] << QString::fromStdString(settings->name);
        }
    }
    std::error_code failure; // without a bin nothing is in it
    for (std::filesystem::directory_iterator each(folders.bin(), failure), end; !failure && each != end;
         each.increment(failure)) {
        const auto text = readFile(each->path().string() + "/" + kContainerSettingsName, kContainerSettingsLimitBytes);
        const auto settings = text ? decodeContainerSettings(*text) : Result<ContainerSettings>(text.error());
        for (const auto& used : settings ? namesIn(*settings) : std::vector<std::string>()) // else it cannot come back
            users.all[used] << QObject::tr("%1 (removed)").arg(QString::fromStdString(settings->name));
    }
    return users;
}

} // namespace twinhull
