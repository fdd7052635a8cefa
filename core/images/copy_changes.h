// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/layer_changes.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace twinhull {

/// What a copy of the layers (highest first; tree_copier.h) adds to them, changes in them and removes from them. A
/// folder comes before what is in it, and is Changed where something in it is. Files of the same size and time are
/// read. An empty copy has not been made yet, and changes nothing. Unsupported beyond a million changes.
Result<> findCopyChanges(const std::string& copy, const std::vector<std::string>& layers,
    const std::function<void(const LayerChange&)>& tell);

/// The same for who packs it. Paths without a leading "/".
struct CopyDifference {
    std::set<std::string> present; ///< added or changed, with the folders above
    std::map<std::string, std::vector<std::string>> removed; ///< names by folder; the top is ""
};
Result<CopyDifference> differenceOfCopy(const std::string& copy, const std::vector<std::string>& layers);

} // namespace twinhull
