// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/mounts/mapped_mounts.h"
#include "core/runtime/mounts/mount_options.h"
#include "core/runtime/mounts/root_fd.h"
#include "core/runtime/syscalls.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

/// Mounts the list of config.json into a root, in order, each onto a descriptor. Every mount that a container can write
/// to is nodev unless the option `dev` is given or the source lies in the host's /dev.
class Mounter {
public:
    struct Surroundings {
        std::string bundle; ///< relative sources start here
        bool isInUserNamespace = false;
        std::vector<oci::IdMapping> gidMappings; ///< of the user namespace
        std::string label = {}; ///< linux.mountLabel
        const MappedMounts* mapped = nullptr; ///< those of the list that were cloned before, as their ids are mapped
        bool isRunning = false; ///< the root is a running container's: its /proc is not to be believed
        std::string list = {}; ///< where the list stands, for errors: "config.json: mounts"
    };

    Mounter(Syscalls& calls, const RootFd& root, Surroundings surroundings);

    Result<> mountAll(const std::vector<oci::Mount>& mounts);

    /// What could not be done and was left out, one sentence each.
    const std::vector<std::string>& warnings() const { return m_warnings; }

private:
    Result<> mountOne(const oci::Mount& mount, int mapped);
    Result<> bind(const oci::Mount& mount, const MountOptions& options, int mapped);
    Result<> bindInside(const oci::Mount& mount, const MountOptions& options);
    Result<> copyIn(const oci::Mount& mount, const MountOptions& options);
    Result<> change(const oci::Mount& mount, const MountOptions& options);
    Result<> mountFileSystem(const oci::Mount& mount, const MountOptions& options);
    Result<> mountCgroups(const oci::Mount& mount, const MountOptions& options);
    Result<> mountQueues(const oci::Mount& mount, const MountOptions& options);
    Result<> mountSysfs(const oci::Mount& mount, const MountOptions& options);
    Result<> propagate(const UniqueFd& mount, const MountOptions& options);
    Result<> attach(const UniqueFd& mount, const UniqueFd& target, const MountOptions& options);
    bool isUnmappedGroup(const std::string& key, const std::string& value) const;

    Syscalls& m_calls;
    const RootFd& m_root;
    Surroundings m_surroundings;
    std::vector<std::string> m_warnings;
};

} // namespace twinhull::runtime
