// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/monitor_messages.h"

#include <string>
#include <string_view>

namespace twinhull {

/// In one rename, so that whoever looks finds the old text or the new one. Not synced to the disk: for what is of no
/// use after the computer has stopped, and must not make a container wait.
Result<> replaceFile(const std::string& path, std::string_view text);

/// run.json in that folder: for the monitor that may have to take over, and a sign to all who watch the folder that
/// there is one to knock at.
Result<> keepRunRecord(const std::string& containerFolder, const MonitorStatus& status);
/// Nothing when there is none, or none that can be read.
std::optional<MonitorStatus> readRunRecord(const std::string& containerFolder);

/// Of the kernel that runs; empty where it does not tell (no /proc).
std::string currentBootId();
/// True for a record of a run that ended with its computer or session: it is of another boot, or the runtime folder,
/// which goes with the last login of a person (XDG base directory specification), has gone.
bool isFromEarlierSession(const MonitorStatus& record, const std::string& runtimeFolder);

} // namespace twinhull
