// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/oci/image_config.h"
#include "core/oci/image_index.h"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// How the image formats are read from JSON that nobody vouches for: never an exception, a wrong type is Corrupt and
/// named, a missing or null member is the empty value.
namespace twinhull::image_json {

using Json = nlohmann::json;

Result<Json> parse(std::string_view text, std::string_view what);
Error wrongType(std::string_view member, std::string_view expected);

/// Null where the member is missing or null.
const Json* member(const Json& object, const char* name);
Result<std::string> text(const Json& object, const char* name);
Result<std::uint64_t> size(const Json& object, const char* name);
Result<std::vector<std::string>> texts(const Json& object, const char* name);
Result<std::map<std::string, std::string>> textMap(const Json& object, const char* name);
/// The keys of a member that is an object (a set in Go's JSON).
Result<std::vector<std::string>> keys(const Json& object, const char* name);
/// The member as it must be: an array, or missing.
Result<const Json*> array(const Json& object, const char* name);

Result<ImageDescriptor> descriptor(const Json& object);
Json fromDescriptor(const ImageDescriptor& descriptor);
Json fromHistory(const ImageHistoryEntry& entry);

/// As UTF-8; invalid bytes are replaced, never thrown at.
std::string dump(const Json& json);

} // namespace twinhull::image_json
