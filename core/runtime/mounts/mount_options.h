// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace twinhull::runtime {

/// An OCI mount's options (config.md, "Mount options"), sorted by who understands them.
struct MountOptions {
    enum class Bind { No, One, Recursive };

    Bind bind = Bind::No;
    std::uint64_t set = 0; ///< MOUNT_ATTR_* of this mount
    std::uint64_t clear = 0;
    std::uint64_t recursiveSet = 0; ///< of everything below as well ("rro")
    std::uint64_t recursiveClear = 0;
    std::uint64_t propagation = 0; ///< MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE or 0
    bool isPropagationRecursive = false;
    bool allowsDevices = false; ///< "dev" was asked for by name
    std::vector<std::pair<std::string, std::string>> fileSystem; ///< what is left: key, value ("" for a flag)
};

/// Fails on what hull cannot do (idmap) and on values that are longer than the kernel takes.
Result<MountOptions> parseMountOptions(const std::vector<std::string>& options);

/// Every option that is understood by hull itself, for `hull features`.
std::vector<std::string> knownMountOptions();

} // namespace twinhull::runtime
