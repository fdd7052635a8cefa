// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/root_kind.h"
#include "core/images/unpacked_layer.h"

#include <optional>
#include <string>

namespace twinhull {

/// How containers get their root on this store: an overlay of the image's layers, where that is refused one by
/// fuse-overlayfs, and where that is not to be had either a copy of them each.
struct RootForm {
    RootKind kind = RootKind::Overlay;
    std::string because; ///< of the others: what was refused, and where
    bool mayPass = false; ///< fuse-overlayfs is there, and what it lacked just now may come: found out anew each time

    LayerForm layers() const { return layersFor(kind); }

    friend bool operator==(const RootForm&, const RootForm&) = default;
};

/// What was found out since this computer started, by this process or another one; that the kernel has no overlayfs,
/// and what may pass, only by this one. Where the kernel makes no overlay it is not known any more when another
/// fuse-overlayfs, or one at all, is installed. Does not block.
std::optional<RootForm> knownRootForm(const DataFolders& folders);

/// Tries it out where it is not known, or may have passed. What cannot be tried is taken for an overlay and tried anew
/// next time. Blocks.
Result<RootForm> findRootForm(const DataFolders& folders);

} // namespace twinhull
