// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// The tags in what "skopeo list-tags" prints. A registry's words: at most 100,000 of them, Corrupt otherwise.
Result<std::vector<std::string>> decodeTagList(std::string_view json);

/// A repository that a search has found. A registry's words, whole but for control characters.
struct FoundRepository {
    std::string name; ///< "library/nginx"
    std::string description; ///< may be empty
    std::optional<std::uint64_t> stars; ///< how many people marked it, where the registry counts
    bool isOfficial = false;
};

/// The answer of /v1/search, which docker.io and quay.io offer: "results" of "name", "description", "star_count",
/// "is_official". At most 1,000; Corrupt otherwise.
Result<std::vector<FoundRepository>> decodeSearchAnswer(std::string_view json);

/// The names in a page of /v2/_catalog (Docker Registry HTTP API V2, "Listing Repositories"). At most 10,000.
Result<std::vector<std::string>> decodeCatalogue(std::string_view json);

} // namespace twinhull
