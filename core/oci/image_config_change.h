// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_config.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What a new image adds to the config of the one it is made of.
struct ImageConfigChange {
    std::optional<Digest> addedLayer; ///< its diff id
    ImageHistoryEntry history;
    std::string author; ///< empty: as before
    /// Lines of a Dockerfile, as podman commit --change takes them: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL,
    /// USER, VOLUME, WORKDIR.
    std::vector<std::string> instructions;
};

/// The config with the change, everything else in it kept as it was. `baseJson` is an image config; see
/// encodeImageConfig() for an empty one. InvalidArgument names an instruction that makes no sense.
Result<std::string> changedImageConfig(std::string_view baseJson, const ImageConfigChange& change);

} // namespace twinhull
