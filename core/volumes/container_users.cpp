// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/volumes/container_users.h"

#include "core/ipc/known_containers.h"

#include <QObject>

namespace twinhull {

Result<ContainerUsers> findContainerUsers(
    const DataFolders& folders, const std::function<std::vector<std::string>(const ContainerSettings&)>& namesIn)
{
    const auto known = knownContainers(folders);
    if (!known)
        return known.error();
    ContainerUsers users;
    for (const auto& container : *known) {
        const QString name = QString::fromStdString(container.settings.name);
        for (const auto& used : namesIn(container.settings)) {
            users.all[used] << (container.isRemoved ? QObject::tr("%1 (removed)").arg(name) : name);
            if (container.isRunning)
                users.running[used] << name;
        }
    }
    return users;
}

} // namespace twinhull
