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

namespace {

constexpr std::size_t kResultLimit = 1000;
constexpr std::size_t kCatalogueLimit = 10'000;

std::string withoutControls(std::string text)
{
    for (char& character : text) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f)
            character = ' ';
    }
    return text;
}

Result<FoundRepository> decodeFound(const image_json::Json& object)
{
    auto name = image_json::text(object, "name");
    auto description = image_json::text(object, "description");
    if (!name || !description)
        return name ? std::move(description).error() : std::move(name).error();
    if (name->empty())
        return Error{ ErrorCode::Corrupt, "found images: one has no name", 0, {} };
    FoundRepository found{ withoutControls(*std::move(name)), withoutControls(*std::move(description)), {}, false };
    if (const auto* stars = image_json::member(object, "star_count"); stars != nullptr && stars->is_number_unsigned())
        found.stars = stars->get<std::uint64_t>();
    if (const auto* official = image_json::member(object, "is_official"); official != nullptr && official->is_boolean())
        found.isOfficial = official->get<bool>();
    return found;
}

}

Result<std::vector<FoundRepository>> decodeSearchAnswer(std::string_view json)
{
    auto object = image_json::parse(json, "found images");
    auto results = object ? image_json::array(*object, "results") : Result<const image_json::Json*>(object.error());
    if (!results)
        return std::move(results).error();
    std::vector<FoundRepository> all;
    if (*results != nullptr && (*results)->size() > kResultLimit)
        return Error{ ErrorCode::Corrupt, "found images: more than 1000", 0, {} };
    if (*results == nullptr)
        return all;
    for (const auto& result : **results) {
        auto found = decodeFound(result);
        if (!found)
            return std::move(found).error();
        all.push_back(*std::move(found));
    }
    return all;
}

Result<std::vector<std::string>> decodeCatalogue(std::string_view json)
{
    auto object = image_json::parse(json, "list of repositories");
    if (!object)
        return std::move(object).error();
    auto names = image_json::texts(*object, "repositories");
    if (names && names->size() > kCatalogueLimit)
        return Error{ ErrorCode::Corrupt, "list of repositories: more than 10000", 0, {} };
    if (names) {
        for (auto& name : *names)
            name = withoutControls(std::move(name));
    }
    return names;
}

} // namespace twinhull
