// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_digest.h"
#include "core/oci/image_health.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// One step of how an image was made (image-spec config.md, "history").
struct ImageHistoryEntry {
    std::string created; ///< RFC 3339; may be empty
    std::string createdBy;
    std::string comment;
    bool isEmptyLayer = false; ///< it made no layer
};

/// image-spec config.md: what a workload of this image starts with, and what its layers are once unpacked. Docker's
/// config has the same members.
struct ImageConfig {
    std::string created; ///< RFC 3339; may be empty
    std::string architecture;
    std::string variant; ///< "v8"; mostly empty
    std::string os;
    std::string author;
    std::vector<std::string> entrypoint;
    std::vector<std::string> command;
    std::vector<std::string> environment; ///< KEY=VALUE
    std::string workingFolder;
    std::string user;
    std::vector<std::string> exposedPorts; ///< "8080/tcp"
    std::map<std::string, std::string> labels;
    std::string stopSignal;
    ImageHealth health;
    std::vector<Digest> diffIds; ///< of the uncompressed layers, lowest first
    std::vector<ImageHistoryEntry> history; ///< oldest first; may be empty, or name other layers than there are
};

Result<ImageConfig> decodeImageConfig(std::string_view json);
std::string encodeImageConfig(const ImageConfig& config);

} // namespace twinhull
