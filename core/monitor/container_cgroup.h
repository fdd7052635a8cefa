// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

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
    /// True when the kernel killed for want of memory in here; false too where there is no memory controller.
    bool hasKilledForMemory() const;

private:
    Result<> writeFreeze(const char* text);

    std::string m_path;
    UniqueFd m_folder;
};

} // namespace twinhull
