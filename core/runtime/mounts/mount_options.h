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
    enum class IdMap { No, One, Recursive };

    /// mount(2): each is a step of its own, "slave" and then "shared" is both.
    struct Propagation {
        std::uint64_t flag = 0; ///< MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE
        bool isRecursive = false;
    };

    Bind bind = Bind::No;
    std::uint64_t set = 0; ///< MOUNT_ATTR_* of this mount
    std::uint64_t clear = 0;
    std::uint64_t recursiveSet = 0; ///< of everything below as well ("rro")
    std::uint64_t recursiveClear = 0;
    std::vector<Propagation> propagations; ///< in the order given
    IdMap idMap = IdMap::No;
    bool isRemount = false; ///< changes what is mounted there already
    bool copiesUp = false; ///< a tmpfs that starts with what it covers
    bool fillsNew = false; ///< "fillnew": a new folder of the host that starts with what it covers (new_folder.h)
    bool needsFolder = false; ///< "ifthere": a file system that is left out where there is no folder for it
    bool isSourceInside = false; ///< "inroot": a bind of what stands in the container's root, not on the host
    bool allowsDevices = false; ///< "dev" was asked for by name
    std::vector<std::pair<std::string, std::string>> fileSystem; ///< what is left: key, value ("" for a flag)
};

/// Fails on values that are longer than the kernel takes.
Result<MountOptions> parseMountOptions(const std::vector<std::string>& options);

/// Every option that is understood by hull itself, for `hull features`.
std::vector<std::string> knownMountOptions();

} // namespace twinhull::runtime
