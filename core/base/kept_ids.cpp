// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/kept_ids.h"

#include "core/base/text.h"

namespace twinhull {

std::string keptIdsText(const KeptIds& ids)
{
    return std::to_string(ids.user) + "-" + std::to_string(ids.group);
}

std::optional<KeptIds> keptIdsFrom(std::string_view text)
{
    const auto dash = text.find('-');
    if (dash == std::string_view::npos)
        return {};
    const auto user = parseNumber(text.substr(0, dash));
    const auto group = parseNumber(text.substr(dash + 1));
    if (!user || !group || *user > kLargestId || *group > kLargestId)
        return {};
    const KeptIds ids{ static_cast<std::uint32_t>(*user), static_cast<std::uint32_t>(*group) };
    return keptIdsText(ids) == text ? std::optional(ids) : std::nullopt; // "01-1" would be a second name
}

} // namespace twinhull
