// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/unpacked_layer.h"

namespace twinhull {

namespace {

constexpr std::string_view kNamesSuffix = ".names";

} // namespace

std::string UnpackedLayer::folderName() const
{
    std::string name = kept == KeptIds() ? diffId.hex() : diffId.hex() + "." + keptIdsText(kept);
    return form == LayerForm::Names ? name.append(kNamesSuffix) : name;
}

std::optional<UnpackedLayer> UnpackedLayer::fromFolderName(std::string_view name)
{
    const LayerForm form = name.ends_with(kNamesSuffix) ? LayerForm::Names : LayerForm::Overlay;
    if (form == LayerForm::Names)
        name.remove_suffix(kNamesSuffix.size());
    const auto dot = name.find('.');
    auto digest = Digest::fromHex(name.substr(0, dot));
    if (!digest)
        return {};
    if (dot == std::string_view::npos)
        return UnpackedLayer{ *std::move(digest), {}, form };
    const auto kept = keptIdsFrom(name.substr(dot + 1));
    return kept && *kept != KeptIds() ? std::optional(UnpackedLayer{ *std::move(digest), *kept, form }) : std::nullopt;
}

} // namespace twinhull
