// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/image_marks.h"

#include "core/copy/inside_files.h"

namespace twinhull {

ImageMarks::ImageMarks(const std::vector<FileDifference>& differences)
{
    for (const auto& difference : differences)
        m_kinds.insert_or_assign(difference.path, difference.kind);
}

std::optional<ImageMark> ImageMarks::of(const std::string& folder, const std::string& name) const
{
    const std::string path = pathBelow(folder, name);
    const auto found = m_kinds.find(path);
    if (found != m_kinds.end() && found->second == FileDifference::Kind::Added)
        return ImageMark::Added;
    const auto below = m_kinds.lower_bound(path + "/");
    if (below != m_kinds.end() && below->first.starts_with(path + "/"))
        return ImageMark::ChangedInside;
    if (found == m_kinds.end())
        return std::nullopt;
    return found->second == FileDifference::Kind::Removed ? ImageMark::Removed : ImageMark::Changed;
}

std::vector<std::string> ImageMarks::removedIn(const std::string& folder) const
{
    const std::string start = pathBelow(folder, {});
    std::vector<std::string> names;
    for (auto each = m_kinds.lower_bound(start); each != m_kinds.end() && each->first.starts_with(start); ++each) {
        const std::string name = each->first.substr(start.size());
        if (each->second == FileDifference::Kind::Removed && name.find('/') == std::string::npos)
            names.push_back(name);
    }
    return names;
}

} // namespace twinhull
