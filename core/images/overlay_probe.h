// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/layer_unpacker.h"

#include <string>
#include <string_view>

namespace twinhull {

inline constexpr std::string_view kOverlayRefused = "overlay refused: "; ///< how its error begins where it is so

/// Tries in `folder` what containers need of overlayfs there: layers with whiteouts and opaque folders below, an upper
/// folder that is written to. An error that begins with kOverlayRefused says that containers need a copy of their image
/// each, and why; any other is none of the file system's. For a process of one thread that is root of its user
/// namespace; it gets a mount namespace of its own. Nothing is left behind.
Result<> probeOverlay(const std::string& folder, OverlayAttributes attributes);

/// The same of fuse-overlayfs (`program`) with layers whose marks are names: any error says why it is not to be used
/// there, one with kOverlayRefused in it for good.
Result<> probeFuseOverlay(const std::string& folder, const std::string& program);

} // namespace twinhull
