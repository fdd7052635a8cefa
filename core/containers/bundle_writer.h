// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/images/image_info.h"
#include "core/ipc/container_settings.h"
#include "core/oci/runtime_spec.h"

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// What a bundle is made of, read before on the thread that may.
struct BundleSource {
    ContainerSettings settings;
    ImageInfo image;
    std::vector<std::string> layers; ///< unpacked, absolute, highest first
    std::string volumesFolder;
    std::string secretsFolder;
    std::string initProgram = {}; ///< absolute path of container-init; empty: nowhere found
    std::vector<oci::IdMapping> userMappings; ///< empty: no user namespace
    std::vector<oci::IdMapping> groupMappings;
    std::string parentUserNamespace = {}; ///< with networks: its file, in which the container's is made
    std::vector<std::string> nameServers = {}; ///< with networks: their gateways
};

/// The specification for hull: the image's configuration under the person's settings. `containerPath` is where the
/// container will rest, which may differ from where its files are written just now.
Result<oci::RuntimeSpec> makeBundleSpec(const BundleSource& source, const std::string& containerPath);

/// Those that the settings have; others are left as they are.
Result<> setLimits(const ContainerSettings& settings, oci::Resources& resources);

/// Writes config.json, upper/, work/, rootfs/ (a mount point) and the files below etc/ into `folder`, which exists.
/// Blocks.
Result<> writeBundle(const BundleSource& source, const std::string& folder, const std::string& containerPath);

} // namespace twinhull
