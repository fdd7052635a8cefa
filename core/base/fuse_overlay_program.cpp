// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/fuse_overlay_program.h"

#include <unistd.h>

#include <cstdlib>

namespace twinhull {

std::string fuseOverlayProgram()
{
    const char* named = std::getenv("TWINHULL_FUSE_OVERLAYFS");
    if (named != nullptr && *named != '\0')
        return *named == '/' && ::access(named, X_OK) == 0 ? named : std::string();
    for (const char* usual : { "/usr/bin/fuse-overlayfs", "/usr/local/bin/fuse-overlayfs", "/bin/fuse-overlayfs",
             "/usr/sbin/fuse-overlayfs", "/usr/local/sbin/fuse-overlayfs", "/sbin/fuse-overlayfs" }) {
        if (::access(usual, X_OK) == 0)
            return usual;
    }
    return {};
}

} // namespace twinhull
