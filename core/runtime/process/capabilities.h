// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// Bit N is capability N of linux/capability.h.
using CapabilityMask = std::uint64_t;

struct CapabilityMasks {
    CapabilityMask bounding = 0;
    CapabilityMask effective = 0;
    CapabilityMask inheritable = 0;
    CapabilityMask permitted = 0;
    CapabilityMask ambient = 0;
};

/// Names that this build or this kernel does not know, and capabilities that hull itself lacks, are left out and named
/// in `warnings`. `current` is the bounding set of this process; where it is not given the kernel is asked.
CapabilityMasks resolveCapabilities(
    const oci::CapabilitySets& sets, std::vector<std::string>& warnings, std::optional<CapabilityMask> current = {});

/// All names, in the kernel's order.
std::vector<std::string> capabilityNames();

/// Everything outside `bounding` is dropped for good (capabilities(7)), one call for each that `current`, the set this
/// process has, still holds. Needs CAP_SETPCAP.
Result<> limitBoundingSet(CapabilityMask bounding, CapabilityMask current = ~CapabilityMask{ 0 });

/// Sets the other four sets of this process. To be called after the change of user.
Result<> applyCapabilities(const CapabilityMasks& masks);

} // namespace twinhull::runtime
