// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// Where QEMU's fw_cfg device keeps the setup for guest-init (QEMU docs/specs/fw_cfg: names below opt/ are the
/// user's).
constexpr const char* kGuestSetupFirmwareName = "opt/org.twinhull/setup";
/// What guest-init reads at most.
constexpr std::size_t kGuestSetupLimitBytes = 1U << 20U;

/// Serial numbers of the two disks of an image VM (/sys/block/NAME/serial), so that no order of devices is assumed.
constexpr const char* kGuestRootDiskSerial = "twinhull-root";
constexpr const char* kGuestOverlayDiskSerial = "twinhull-overlay";

/// The most of GuestSetup::cacheRestSeconds.
constexpr std::uint32_t kMostCacheRestSeconds = 86'400;

/// The one static address of the guest; QEMU's user network by default.
struct GuestNetwork {
    std::string address = "10.0.2.15";
    int prefixLength = 24; ///< 1..30
    std::string gateway = "10.0.2.2";
    std::string nameServer = "10.0.2.3";

    friend bool operator==(const GuestNetwork&, const GuestNetwork&) = default;
};

/// All that guest-init needs to know of its VM.
struct GuestSetup {
    std::string hostName;
    std::vector<std::string> arguments; ///< [0] is looked up in the environment's PATH; never empty
    std::vector<std::string> environment; ///< KEY=VALUE
    std::string workingFolder = "/"; ///< made when it is missing, as container runtimes do
    std::string user; ///< as the image says it: "", "uid", "uid:gid", "name", "name:group"
    int stopSignal = 15; ///< sent to the entrypoint on shutdown
    std::optional<std::uint32_t> pidsLimit; ///< processes and threads of the entrypoint's tree
    std::optional<GuestNetwork> network; ///< absent: loopback only
    std::uint32_t cacheRestSeconds = 30; ///< of rest until its page cache is given back; 0: never

    friend bool operator==(const GuestSetup&, const GuestSetup&) = default;
};

std::string encodeGuestSetup(const GuestSetup& setup);
/// Corrupt when it is not a setup of this version.
Result<GuestSetup> decodeGuestSetup(std::string_view text);

} // namespace twinhull
