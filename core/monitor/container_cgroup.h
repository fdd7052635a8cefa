// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <optional>
#include <string>

namespace twinhull {

/// The container's own cgroup v2 folder; empty where hull could make none.
class ContainerCgroup {
public:
    ContainerCgroup() = default;
    explicit ContainerCgroup(std::string path);

    const std::string& path() const { return m_path; }
    /// cgroup.freeze needs no controller: it is there wherever the folder is (cgroup-v2.rst, "Core Interface Files").
    bool canFreeze() const;
    Result<> freeze();
    Result<> thaw();
    /// Whether the container, which has ended so, did because the kernel killed in here for want of memory; false too
    /// where there is no memory controller. Where systemd was faster and has removed the folder, the one above tells,
    /// which counts what is below (cgroup-v2.rst, "memory.events"): then only of one that was killed.
    bool wasEndedForMemory(int exitStatus) const;

private:
    Result<> writeFreeze(const char* text);

    std::string m_path;
    UniqueFd m_folder;
    UniqueFd m_above;
    std::optional<std::uint64_t> m_killsAbove; ///< when the container began; nothing where it has no count of its own
};

} // namespace twinhull
