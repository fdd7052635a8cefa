// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/registry_answers.h"

#include "core/oci/image_json.h"

namespace twinhull {

Result<std::vector<std::string>> decodeTagList(std::string_view json)
{
    constexpr std::size_t kTagLimit = 100'000;
    auto object = image_json::parse(json, "list of tags");
    if (!object)
        return std::move(object).error();
    auto tags = image_json::texts(*object, "Tags");
    if (tags && tags->size() > kTagLimit)
        return Error{ ErrorCode::Corrupt, "list of tags: more than 100000", 0, {} };
    return tags;
}

} // namespace twinhull
