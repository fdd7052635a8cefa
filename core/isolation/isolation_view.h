// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// One namespace of a process; two processes share it when the numbers are alike (namespaces(7)).
struct NamespaceLink {
    std::string name; ///< "mnt", "pid" …
    std::uint64_t inode = 0;

    friend bool operator==(const NamespaceLink&, const NamespaceLink&) = default;
};

/// One mount that a process sees (proc(5), mountinfo).
struct MountPoint {
    std::string target;
    std::string type; ///< of the file system
    bool isReadOnly = false; ///< by the mount or by the file system itself
    bool isMask = false; ///< the null device over a file that shall not be read

    friend bool operator==(const MountPoint&, const MountPoint&) = default;
};

enum class SeccompMode { Off, Strict, Filter };

/// What one process sees and what it may do, as the kernel tells whoever looks: from inside, the process itself; from
/// outside, this computer. Every list is cut at kIsolationListLimit. What comes from inside is what the workload
/// chooses to say: a hostile one may lie.
struct IsolationView {
    std::string kernelRelease; ///< uname(2)
    std::string bootId; ///< alike for all that run on one kernel (random(4)); empty where it cannot be read
    std::vector<NamespaceLink> namespaces;
    std::uint32_t userId = 0; ///< effective, as the user namespace of whoever looks counts
    std::uint64_t capabilities = 0; ///< the effective set, a bit each (capabilities(7))
    int knownCapabilities = 0; ///< that the kernel has at all
    SeccompMode seccomp = SeccompMode::Off;
    std::optional<unsigned> seccompFilters; ///< from Linux 5.9
    bool hasNoNewPrivileges = false;
    std::string securityLabel; ///< of AppArmor, SELinux or Smack; empty where none is in force
    std::optional<unsigned> visibleProcesses; ///< that its /proc shows; from inside only
    std::optional<std::vector<std::string>> devices; ///< from inside: nodes below /dev; from outside: what is open
    std::vector<MountPoint> mounts;

    friend bool operator==(const IsolationView&, const IsolationView&) = default;
};
constexpr std::size_t kIsolationListLimit = 512;

/// "CAP_CHOWN" … for each bit that is set; "bit N" for one that has no name here.
std::vector<std::string> capabilityNames(std::uint64_t capabilities);

} // namespace twinhull
