// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// ContainerFolder::readSettingsIfNamed() of each of `ids`, in their order. Many are read by several threads, all of
/// which have ended when it returns.
std::vector<Result<std::optional<ContainerSettings>>> settingsOfEach(
    const DataFolders& folders, const std::vector<std::string>& ids, const std::vector<std::string>& names);

} // namespace twinhull
