// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What the upper folder of an overlay makes of a file of those below it.
struct LayerChange {
    enum class Kind { Added, Changed, Removed };

    Kind kind = Kind::Added;
    std::string path; ///< "/etc/passwd"; any bytes but NUL: a stranger's

    friend bool operator==(const LayerChange&, const LayerChange&) = default;
};

/// Who wrote the upper folder: fuse-overlayfs marks what it hides by files ".wh.NAME" and ".wh..wh..opq".
enum class UpperForm { Overlay, FuseOverlay };

/// Tells every change, a folder before what is in it, names sorted. Of a removed folder only itself is told. `lower`:
/// highest first. Follows no link and crosses no "..": both sides are hostile. Ends early at a million changes.
Result<> findLayerChanges(const std::string& upper, const std::vector<std::string>& lower,
    const std::function<void(const LayerChange&)>& tell, UpperForm form = UpperForm::Overlay);

/// The line of image-worker's "changes" verb, and what stands behind its first word; Corrupt when it is none.
std::string changeLine(const LayerChange& change);
Result<LayerChange> parseChange(std::string_view text);

} // namespace twinhull
