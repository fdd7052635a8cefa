// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/images/unpacked_layer.h"

#include <optional>
#include <string>

namespace twinhull {

/// How containers get their root on this store: an overlay of the image's layers, or where that is refused a copy of
/// them each.
struct RootForm {
    bool isOverlay = true;
    std::string because; ///< of a copy: what was refused, and where

    LayerForm layers() const { return isOverlay ? LayerForm::Overlay : LayerForm::Names; }

    friend bool operator==(const RootForm&, const RootForm&) = default;
};

/// What was found out since this computer started, by this process or another one; that the kernel has no overlayfs
/// only by this one. Does not block.
std::optional<RootForm> knownRootForm(const DataFolders& folders);

/// Tries it out where it is not known. What cannot be tried is taken for an overlay and tried anew next time. Blocks.
Result<RootForm> findRootForm(const DataFolders& folders);

} // namespace twinhull
