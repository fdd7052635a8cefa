// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/process/capabilities.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace twinhull::runtime {

/// What a new process has from hull and hull from its caller, read once instead of asked for signal by signal and
/// capability by capability. As it is made, nothing is known.
struct Inherited {
    std::uint64_t ignoredSignals = ~std::uint64_t{ 0 }; ///< bit N - 1: signal N may be ignored (signal(7))
    std::optional<CapabilityMask> bounding; ///< the bounding set; empty: the kernel must be asked
};

/// Of this process. Unknown stays what /proc does not tell.
Inherited readInherited();

/// From the text of proc(5), /proc/PID/status.
Inherited parseInherited(std::string_view status);

/// The bounding set of whoever enters a user namespace (user_namespaces(7)): all there are.
constexpr CapabilityMask kAllCapabilities = ~CapabilityMask{ 0 };

} // namespace twinhull::runtime
