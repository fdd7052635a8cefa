// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/text_list.h"

#include "core/oci/json_fields.h"

#include <algorithm>

namespace twinhull::oci {

std::string encodeTexts(const std::vector<std::string>& texts)
{
    return nlohmann::json(texts).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<std::vector<std::string>> decodeTexts(std::string_view json, std::string_view fileName)
{
    auto document = parseJson(json, fileName);
    if (!document)
        return std::move(document).error();
    const bool isTexts = document->is_array()
        && std::all_of(document->begin(), document->end(), [](const auto& entry) { return entry.is_string(); });
    if (!isTexts)
        return Error{ ErrorCode::Corrupt, std::string(fileName) + ": expected an array of strings", 0, {} };
    std::vector<std::string> texts;
    for (const auto& entry : *document)
        texts.push_back(entry.get<std::string>());
    return texts;
}

} // namespace twinhull::oci
