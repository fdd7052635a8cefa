// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/layer_unpacker.h"
#include "core/images/unpacked_layer.h"
#include "core/images/worker_report.h"

#include <string>
#include <vector>

namespace twinhull {

/// Unpacks a layer blob to its folder, in its form, unless it stands there: beside it first, its diff id checked,
/// synced, renamed. Waits while another process unpacks there. For a process that is root of the layer's user
/// namespace.
Result<> unpackLayer(const std::string& layersFolder, const UnpackedLayer& layer, const std::string& blobPath,
    OverlayAttributes attributes, const ProgressFunction& progress);

/// Makes `folder` of a tar, plain or packed, whose names are all names: nothing in it is a whiteout. Beside it first,
/// then renamed; what is there must be an empty folder. For a process that is root of its user namespace.
Result<> restoreTree(
    const std::string& folder, const std::string& file, OverlayAttributes attributes, const ProgressFunction& progress);

/// Makes of an empty folder the root of a container that has no overlay: a copy of what these layers (highest first)
/// show. Beside it first, synced, then renamed, so a folder with something in it is whole and is left as it is. For a
/// process that is root of the layers' user namespace.
Result<> copyRoot(const std::string& folder, const std::vector<std::string>& layers, const ProgressFunction& progress);

} // namespace twinhull
