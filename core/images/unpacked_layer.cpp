// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/unpacked_layer.h"

namespace twinhull {

std::string UnpackedLayer::folderName() const
{
    return kept == KeptIds() ? diffId.hex() : diffId.hex() + "." + keptIdsText(kept);
}

std::optional<UnpackedLayer> UnpackedLayer::fromFolderName(std::string_view name)
{
    const auto dot = name.find('.');
    auto digest = Digest::fromHex(name.substr(0, dot));
    if (!digest)
        return {};
    if (dot == std::string_view::npos)
        return UnpackedLayer{ *std::move(digest), {} };
    const auto kept = keptIdsFrom(name.substr(dot + 1));
    return kept && *kept != KeptIds() ? std::optional(UnpackedLayer{ *std::move(digest), *kept }) : std::nullopt;
}

} // namespace twinhull
