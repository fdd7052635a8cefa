// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/root_kind.h"
#include "core/ipc/container_options.h"
#include "core/ipc/monitor_arguments.h"
#include "core/ipc/upkeep.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

struct ContainerMount {
    std::string source; ///< absolute path, or the name of a volume
    std::string target; ///< absolute, inside
    bool readOnly = false;
    bool startsEmpty = false; ///< a new volume does not get what the image has there

    friend bool operator==(const ContainerMount&, const ContainerMount&) = default;
};

/// How it gets its root. Decided when it is made.
struct ContainerRoot {
    RootKind kind = RootKind::Overlay;
    std::string because; ///< of one that the kernel does not make

    friend bool operator==(const ContainerRoot&, const ContainerRoot&) = default;
};

/// What a person asked for; containers/ID/settings.json, format version 1. The one truth about a container that does
/// not run.
struct ContainerSettings {
    std::string id;
    std::string name;
    std::string imageReference; ///< as it was asked for
    std::string imageDigest; ///< "sha256:…"
    std::string twinGroup; ///< may be empty
    std::vector<std::string> command; ///< empty: the image's own
    std::vector<std::string> environment; ///< KEY=VALUE, on top of the image's
    std::vector<PortForward> ports;
    std::vector<ContainerMount> mounts;
    std::optional<std::uint64_t> memoryBytes;
    std::optional<double> cpus;
    std::optional<std::uint32_t> pids;
    std::vector<unsigned> pinnedCpus; ///< of all its processes, the monitor's and helpers' too; empty: any
    bool hasNetwork = true;
    bool hasHostNetwork = false; ///< this computer's own; never with networks
    std::vector<ContainerNetwork> networks; ///< empty: a network of its own, by way of a helper
    bool hasTerminal = false;
    bool hasInput = false; ///< standard input that can be passed on; never with a terminal
    int stopSignal = SIGTERM;
    ContainerProcessOptions process;
    ContainerNaming naming;
    ContainerFiles files;
    ContainerSecurity security;
    ContainerFineLimits fineLimits;
    std::map<std::string, std::string> labels;
    std::int64_t createdMilliseconds = 0; ///< wall clock
    ContainerRoot root;
    Upkeep upkeep; ///< its health check is whole: the image's was taken over

    friend bool operator==(const ContainerSettings&, const ContainerSettings&) = default;
};

constexpr const char* kContainerSettingsName = "settings.json";
constexpr std::size_t kContainerSettingsLimitBytes = 1U << 20U;

std::string encodeContainerSettings(const ContainerSettings& settings);
Result<ContainerSettings> decodeContainerSettings(std::string_view json);

} // namespace twinhull
