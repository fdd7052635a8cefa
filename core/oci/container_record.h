// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace twinhull::oci {

/// The newest version of the specification that hull reads, and that its own outputs follow.
inline constexpr const char* kSpecVersion = "1.3.0";

/// A device of linux.netDevices that a container was given.
struct GivenDevice {
    std::string hostName; ///< what it was called in hull's network
    int hostIndex = 0; ///< its number there
    int index = 0; ///< its number in the container's network
    bool wasUp = false;
};

/// What hull keeps about a container in ROOT/ID/state.json (format version 1).
struct ContainerRecord {
    std::string id;
    pid_t pid = 0; ///< of the container's first process, as the host sees it; 0 while there is none
    std::uint64_t pidStartTicks
        = 0; ///< field 22 of /proc/PID/stat: tells this process from a later one of the same pid
    std::string bundle; ///< absolute
    std::string rootfs; ///< absolute; empty in records of older versions
    std::string cgroup; ///< absolute folder in the cgroup v2 tree; empty: none of its own
    std::string systemdScope; ///< the unit that the cgroup belongs to; empty: hull made it itself
    std::int64_t createdMilliseconds = 0; ///< wall clock
    std::uint32_t ownerUid = 0;
    bool hasPoststart = false; ///< config.json has such hooks: only then it is read again
    bool hasPoststop = false;
    std::vector<GivenDevice> netDevices; ///< to be brought back when `hull start` fails
    std::map<std::string, std::string> annotations;
    pid_t rootServerPid = 0; ///< of fuse-overlayfs, which ends with the container's mounts; 0: none
    std::uint64_t rootServerStartTicks = 0;
};

/// Of the specification's section "State"; Paused is what crun and runc added.
enum class ContainerStatus { Creating, Created, Running, Paused, Stopped };

/// One container as `hull state` and `hull list` show it.
struct ContainerView {
    ContainerRecord record;
    ContainerStatus status = ContainerStatus::Stopped;
};

std::string_view nameOf(ContainerStatus status);

/// As runc writes an owner without a name: "root", "#1000". A text, because engines read one.
std::string ownerText(std::uint32_t uid);

std::string encodeRecord(const ContainerRecord& record);
Result<ContainerRecord> decodeRecord(std::string_view json, std::string_view fileName);

/// The specification's state object, with `created`, `owner` and `cgroup` beside its members.
std::string encodeState(const ContainerView& view);
std::string encodeStates(const std::vector<ContainerView>& views);

/// The specification's container process state, which goes with a listener to a seccomp agent. `pid`: as hull sees it.
std::string encodeProcessState(const ContainerView& container, pid_t pid, const std::string& metadata);

/// "[1,2]" and a line's end, as `runc ps --format json`.
std::string encodePids(const std::vector<pid_t>& pids);

/// The specification's features object (features.md and features-linux.md of runtime-spec 1.3): what hull can do, not
/// what this computer offers.
struct FeatureList {
    std::vector<std::string> hooks;
    std::vector<std::string> namespaces;
    std::vector<std::string> capabilities;
    std::vector<std::string> mountOptions;
    std::vector<std::string> seccompActions;
    std::vector<std::string> seccompOperators;
    std::vector<std::string> seccompArchitectures;
    std::vector<std::string> seccompFlags; ///< all that are known are supported
    std::map<std::string, std::string> annotations;
    std::vector<std::string> unsafeAnnotations; ///< of config.json, that change what hull does
};
std::string encodeFeatures(const FeatureList& features);

} // namespace twinhull::oci
