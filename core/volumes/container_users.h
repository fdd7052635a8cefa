// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/ipc/container_settings.h"

#include <QStringList>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace twinhull {

/// Containers, by the names of what they use.
struct ContainerUsers {
    std::map<std::string, QStringList> all; ///< running or not; those too that can be brought back
    std::map<std::string, QStringList> running;
};

/// `namesIn` tells what a container uses. One whose settings cannot be read is an error: nobody can tell what it uses.
/// Blocks.
Result<ContainerUsers> findContainerUsers(
    const DataFolders& folders, const std::function<std::vector<std::string>(const ContainerSettings&)>& namesIn);

} // namespace twinhull
