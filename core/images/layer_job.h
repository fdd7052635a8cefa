// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/layer_unpacker.h"
#include "core/images/worker_report.h"
#include "core/oci/image_digest.h"

#include <string>

namespace twinhull {

/// Unpacks a layer blob to FOLDER/DIFFID unless it stands there: beside it first, its diff id checked, synced, renamed.
/// Waits while another process unpacks in that folder. For a process that is root of its user namespace.
Result<> unpackLayer(const std::string& layersFolder, const Digest& diffId, const std::string& blobPath,
    OverlayAttributes attributes, const ProgressFunction& progress);

/// Makes `folder` of a tar, plain or packed, whose names are all names: nothing in it is a whiteout. Beside it first,
/// then renamed; what is there must be an empty folder. For a process that is root of its user namespace.
Result<> restoreTree(
    const std::string& folder, const std::string& file, OverlayAttributes attributes, const ProgressFunction& progress);

} // namespace twinhull
