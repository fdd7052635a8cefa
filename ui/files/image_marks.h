// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/image_difference.h"

#include <map>
#include <optional>

namespace twinhull {

enum class ImageMark { Added, Changed, Removed, ChangedInside };

/// What differs from the image, to be looked up by folder.
class ImageMarks {
public:
    ImageMarks() = default;
    explicit ImageMarks(const std::vector<FileDifference>& differences);

    /// Of a name in a folder; nothing where it is as the image has it, or where nothing is known.
    std::optional<ImageMark> of(const std::string& folder, const std::string& name) const;
    /// What the image has in that folder and the workload has not.
    std::vector<std::string> removedIn(const std::string& folder) const;

private:
    std::map<std::string, FileDifference::Kind> m_kinds; ///< by path
};

} // namespace twinhull
