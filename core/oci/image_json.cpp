// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_json.h"

namespace twinhull::image_json {

Result<Json> parse(std::string_view text, std::string_view what)
{
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded())
        return Error{ ErrorCode::Corrupt, std::string(what) + ": not JSON", 0, {} };
    return json;
}

Error wrongType(std::string_view member, std::string_view expected)
{
    return Error{ ErrorCode::Corrupt, "\"" + std::string(member) + "\" is not " + std::string(expected), 0, {} };
}

const Json* member(const Json& object, const char* name)
{
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> text(const Json& object, const char* name)
{
    const Json* value = member(object, name);
    if (value == nullptr)
        return std::string();
    if (!value->is_string())
        return wrongType(name, "text");
    return value->get<std::string>();
}

Result<std::uint64_t> size(const Json& object, const char* name)
{
    const Json* value = member(object, name);
    if (value == nullptr)
        return std::uint64_t{ 0 };
    if (!value->is_number_unsigned())
        return wrongType(name, "a size");
    return value->get<std::uint64_t>();
}

Result<const Json*> array(const Json& object, const char* name)
{
    const Json* value = member(object, name);
    if (value != nullptr && !value->is_array())
        return wrongType(name, "a list");
    return value;
}

Result<std::vector<std::string>> texts(const Json& object, const char* name)
{
    auto list = array(object, name);
    if (!list)
        return std::move(list).error();
    std::vector<std::string> values;
    if (*list == nullptr)
        return values;
    for (const Json& value : **list) {
        if (!value.is_string())
            return wrongType(name, "a list of texts");
        values.push_back(value.get<std::string>());
    }
    return values;
}

Result<std::map<std::string, std::string>> textMap(const Json& object, const char* name)
{
    std::map<std::string, std::string> values;
    const Json* map = member(object, name);
    if (map == nullptr)
        return values;
    if (!map->is_object())
        return wrongType(name, "an object");
    for (const auto& [key, value] : map->items()) {
        if (!value.is_string())
            return wrongType(name, "an object of texts");
        values.emplace(key, value.get<std::string>());
    }
    return values;
}

Result<std::vector<std::string>> keys(const Json& object, const char* name)
{
    std::vector<std::string> values;
    const Json* map = member(object, name);
    if (map == nullptr)
        return values;
    if (!map->is_object())
        return wrongType(name, "an object");
    for (const auto& item : map->items())
        values.push_back(item.key());
    return values;
}

Result<ImageDescriptor> descriptor(const Json& object)
{
    auto mediaType = text(object, "mediaType");
    auto digestText = text(object, "digest");
    auto bytes = size(object, "size");
    auto annotations = textMap(object, "annotations");
    if (!mediaType || !digestText || !bytes || !annotations)
        return Error{ ErrorCode::Corrupt, "a descriptor has a member of the wrong type", 0, {} };
    auto digest = Digest::parse(*digestText);
    if (!digest)
        return std::move(digest).error();
    ImageDescriptor result{ *mediaType, *digest, *bytes, *annotations, {} };
    if (const Json* platform = member(object, "platform"); platform != nullptr) {
        auto architecture = text(*platform, "architecture");
        auto os = text(*platform, "os");
        auto variant = text(*platform, "variant");
        if (!architecture || !os || !variant)
            return wrongType("platform", "a platform");
        result.platform = ImagePlatform{ *architecture, *os, *variant };
    }
    return result;
}

Json fromDescriptor(const ImageDescriptor& descriptor)
{
    Json json{ { "mediaType", descriptor.mediaType }, { "digest", descriptor.digest.toString() },
        { "size", descriptor.size } };
    if (!descriptor.annotations.empty())
        json["annotations"] = descriptor.annotations;
    if (descriptor.platform)
        json["platform"] = { { "architecture", descriptor.platform->architecture }, { "os", descriptor.platform->os } };
    if (descriptor.platform && !descriptor.platform->variant.empty())
        json["platform"]["variant"] = descriptor.platform->variant;
    return json;
}

Json fromHistory(const ImageHistoryEntry& entry)
{
    Json json = Json::object();
    if (!entry.created.empty())
        json["created"] = entry.created;
    if (!entry.createdBy.empty())
        json["created_by"] = entry.createdBy;
    if (!entry.comment.empty())
        json["comment"] = entry.comment;
    if (entry.isEmptyLayer)
        json["empty_layer"] = true;
    return json;
}

std::string dump(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace twinhull::image_json
