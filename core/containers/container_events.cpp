// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_events.h"

namespace twinhull {

void noteContainer(const DataFolders& folders, const ContainerSettings& settings, const char* action,
    std::map<std::string, std::string> attributes)
{
    attributes["image"] = settings.imageReference;
    noteEvent(folders.events(), { 0, "container", action, settings.id, settings.name, std::move(attributes) });
}

} // namespace twinhull
