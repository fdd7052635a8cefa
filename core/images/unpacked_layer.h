// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"
#include "core/oci/image_digest.h"

#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// A layer as it stands in the layers' folder: "DIFFID" with the owners of the usual mapping, "DIFFID.UID-GID" with
/// those of containers in which the person is somebody else than root. No file can have two owners, and only root may
/// mount it with others than it has (mount_setattr(2), MOUNT_ATTR_IDMAP), so it is unpacked once for each.
struct UnpackedLayer {
    Digest diffId;
    KeptIds kept; ///< 0:0: the usual mapping

    std::string folderName() const;
    /// Nothing for names of other things.
    static std::optional<UnpackedLayer> fromFolderName(std::string_view name);
};

} // namespace twinhull
