// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/ipc/container_settings.h"
#include "core/ipc/monitor_messages.h"

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// Where one container rests. Paths only; callable from any thread.
class ContainerFolder {
public:
    ContainerFolder(const DataFolders& folders, std::string id);

    const std::string& id() const { return m_id; }
    const std::string& path() const { return m_path; }
    const std::string& runtimePath() const { return m_runtimePath; }
    std::string settingsPath() const { return m_path + "/" + kContainerSettingsName; }
    std::string configPath() const { return m_path + "/config.json"; }
    std::string runRecordPath() const { return m_path + "/" + kRunRecordName; }
    std::string exitRecordPath() const { return m_path + "/" + kExitRecordName; }
    std::string logPath() const { return m_path + "/" + kContainerLogPath; }
    /// There once the checkpoint is whole.
    std::string checkpointRecordPath() const { return m_path + "/" + kCheckpointFolder + "/" + kCheckpointRecordName; }
    std::string upperPath() const { return m_path + "/upper"; }
    std::string workPath() const { return m_path + "/work"; }

    Result<ContainerSettings> readSettings() const;
    /// The same where it answers to one of `names` (its name, or a beginning of its id) or there are none; else
    /// nothing, which is found out without decoding.
    Result<std::optional<ContainerSettings>> readSettingsIfNamed(const std::vector<std::string>& names) const;

private:
    std::string m_id;
    std::string m_path;
    std::string m_runtimePath;
};

/// Sixteen hex digits at random.
std::string makeContainerId();

/// All complete containers, by id. Half-made ones (.partial) are left out.
std::vector<std::string> containerIds(const DataFolders& folders);

} // namespace twinhull
