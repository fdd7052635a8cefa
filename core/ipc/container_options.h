// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// The parts of ContainerSettings beyond the simple ones, by concern; each is an object of settings.json that is there
/// when it says something. Texts were checked when the container was made.

struct ContainerProcessLimit {
    std::string type; ///< "RLIMIT_NOFILE"
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;

    friend bool operator==(const ContainerProcessLimit&, const ContainerProcessLimit&) = default;
};

struct ContainerProcessOptions {
    std::string user; ///< empty: the image's
    std::string workingFolder; ///< empty: the image's
    std::optional<std::vector<std::string>> entrypoint; ///< in place of the image's entrypoint and command
    bool hasInit = false;
    std::optional<std::uint32_t> stopSeconds;
    std::optional<KeptIds> kept; ///< absent: the person is root inside, as usual
    std::vector<ContainerProcessLimit> limits = {};

    friend bool operator==(const ContainerProcessOptions&, const ContainerProcessOptions&) = default;
};

struct ContainerHost {
    std::string name;
    std::string address;

    friend bool operator==(const ContainerHost&, const ContainerHost&) = default;
};

struct ContainerNaming {
    std::string hostName; ///< empty: the container's name
    std::vector<std::string> nameServers;
    std::vector<std::string> searchDomains;
    std::vector<ContainerHost> hosts;

    friend bool operator==(const ContainerNaming&, const ContainerNaming&) = default;
};

struct ContainerTemporaryFolder {
    std::string target;
    std::optional<std::uint64_t> sizeBytes;
    std::uint32_t mode = 01777;
    bool mayExecute = false;
    bool readOnly = false;

    friend bool operator==(const ContainerTemporaryFolder&, const ContainerTemporaryFolder&) = default;
};

struct ContainerDevice {
    std::string source;
    std::string target;
    bool readOnly = false;

    friend bool operator==(const ContainerDevice&, const ContainerDevice&) = default;
};

/// What is secret about it stands nowhere but in the store of secrets (core/volumes/secrets.h).
struct ContainerSecret {
    std::string name; ///< in the store
    std::string target; ///< absolute, inside
    std::uint32_t uid = 0; ///< these two as inside
    std::uint32_t gid = 0;
    std::uint32_t mode = 0444;

    friend bool operator==(const ContainerSecret&, const ContainerSecret&) = default;
};

struct ContainerFiles {
    bool isRootReadOnly = false;
    std::vector<ContainerTemporaryFolder> temporaryFolders;
    std::vector<ContainerDevice> devices;
    std::vector<ContainerSecret> secrets;

    friend bool operator==(const ContainerFiles&, const ContainerFiles&) = default;
};

struct ContainerSecurity {
    std::vector<std::string> addedCapabilities; ///< "CAP_NET_RAW" or "ALL"
    std::vector<std::string> droppedCapabilities;
    bool isUnconfined = false; ///< no seccomp at all
    std::string seccompProfile; ///< the text of a profile, as it was when the container was made; empty: the usual one
    std::string seccompPath; ///< where that was read, for people
    bool allowsNewPrivileges = false;

    friend bool operator==(const ContainerSecurity&, const ContainerSecurity&) = default;
};

struct ContainerDeviceRate {
    std::string kind; ///< "rbps", "wbps", "riops", "wiops", as io.max of cgroup v2 names them
    std::string device;
    std::uint64_t perSecond = 0;

    friend bool operator==(const ContainerDeviceRate&, const ContainerDeviceRate&) = default;
};

struct ContainerFineLimits {
    std::optional<std::int64_t> memoryAndSwapBytes; ///< -1: no limit
    std::string cpuSet;
    std::optional<std::uint32_t> cpuShares;
    std::vector<ContainerDeviceRate> deviceRates;

    friend bool operator==(const ContainerFineLimits&, const ContainerFineLimits&) = default;
};

/// One network of the person's own that the container is in.
struct ContainerNetwork {
    std::string name; ///< of a NetworkDefinition
    std::vector<std::string> aliases; ///< beside the container's name, in this network only
    std::string ipv4; ///< empty: the next free one
    std::string ipv6;

    friend bool operator==(const ContainerNetwork&, const ContainerNetwork&) = default;
};

} // namespace twinhull
