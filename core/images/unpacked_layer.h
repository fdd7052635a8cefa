// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"
#include "core/base/root_kind.h"
#include "core/oci/image_digest.h"

#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// How a layer says what it hides of those below. Overlay: as overlayfs reads it (character devices 0:0, opaque folders
/// by an attribute). Names: as its tar does, by files ".wh.NAME" and ".wh..wh..opq", where the file system takes no
/// such devices or attributes or cannot be below an overlay; fuse-overlayfs reads these.
enum class LayerForm { Overlay, Names };

/// What the layers of such a root are.
constexpr LayerForm layersFor(RootKind kind)
{
    return kind == RootKind::Overlay ? LayerForm::Overlay : LayerForm::Names;
}

/// A layer as it stands in the layers' folder: "DIFFID" with the owners of the usual mapping, "DIFFID.UID-GID" with
/// those of containers in which the person is somebody else than root. No file can have two owners, and only root may
/// mount it with others than it has (mount_setattr(2), MOUNT_ATTR_IDMAP), so it is unpacked once for each. ".names" at
/// the end tells the form.
struct UnpackedLayer {
    Digest diffId;
    KeptIds kept; ///< 0:0: the usual mapping
    LayerForm form = LayerForm::Overlay;

    std::string folderName() const;
    /// Nothing for names of other things.
    static std::optional<UnpackedLayer> fromFolderName(std::string_view name);
};

/// How an image's layers are wanted.
struct LayerWish {
    KeptIds kept = {}; ///< who the person is in the containers
    std::optional<LayerForm> form = {}; ///< absent: as this store needs it (root_form.h)
};

} // namespace twinhull
