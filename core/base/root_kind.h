// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

/// What a container's root is: an overlay of its image's layers by the kernel, one by fuse-overlayfs, or a copy of
/// them.
enum class RootKind { Overlay, FuseOverlay, Copy };

} // namespace twinhull
