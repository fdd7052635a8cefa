// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/ipc/container_settings.h"
#include "core/ipc/event_journal.h"

namespace twinhull {

/// Into the journal of events: what a command or the window did with a container that has or had these settings. What
/// happens while it runs is its monitor's to note. Blocks.
void noteContainer(const DataFolders& folders, const ContainerSettings& settings, const char* action,
    std::map<std::string, std::string> attributes = {});

} // namespace twinhull
