// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace twinhull {

/// /proc, /sys and /dev of the initramfs, so that drivers and devices can be seen.
Result<> mountKernelFolders();

/// Device path of the virtio disk with that serial number, below `sysBlock` (/sys/block); NotFound while there is none.
Result<std::string> diskBySerial(const std::string& sysBlock, const std::string& serial);

/// Mounts the image (erofs, read-only) and the VM's own layer (ext4) as one overlay and makes it the root of everything
/// that follows; /proc, /sys and /dev come along, /dev/pts, /dev/shm, /dev/mqueue and the cgroup tree are mounted as a
/// container has them. The initramfs is emptied.
Result<> enterRoot(const std::string& imageDevice, const std::string& overlayDevice);

} // namespace twinhull
