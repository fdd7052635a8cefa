// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/layer_unpacker.h"
#include "core/images/worker_report.h"
#include "core/images/unpacked_layer.h"
#include "core/oci/image_digest.h"

#include <string>
#include <vector>

namespace twinhull {

struct DiskPlan {
    std::string disksFolder;
    Digest digest; ///< of the image: the disk is DISKS-FOLDER/DIGEST.erofs
    std::string layersFolder;
    std::vector<Digest> diffIds; ///< lowest first, unpacked
    LayerForm form = LayerForm::Overlay; ///< of the layers; those that no overlay is made of are merged by copying

    std::string layerPath(std::size_t i) const
    {
        return layersFolder + "/" + UnpackedLayer{ diffIds[i], {}, form }.folderName();
    }

    std::string diskPath() const { return disksFolder + "/" + digest.hex() + ".erofs"; }
};

/// Makes the disk unless it stands there: the layers merged by overlayfs in a private mount namespace, then mkfs.erofs
/// beside the path, synced, renamed. Waits while another process makes a disk in that folder. For a process with one
/// thread that is root of its user namespace; its mount namespace is changed for good.
Result<> buildDisk(const DiskPlan& plan, OverlayAttributes attributes, const ProgressFunction& progress);

} // namespace twinhull
