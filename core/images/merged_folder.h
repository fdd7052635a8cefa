// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// One folder as a stack of unpacked layers shows it, in whichever form they are (unpacked_layer.h): what overlayfs
/// would show where it may be mounted. No link in a layer is followed.
class MergedFolder {
public:
    struct Entry {
        int parent = -1; ///< the folder of the layer that it is in; owned by the MergedFolder
        struct stat info { };
    };

    /// The tops of these layers, highest first.
    static Result<MergedFolder> open(const std::vector<std::string>& layers);

    /// What is to be seen, in order.
    Result<std::vector<std::string>> names() const;
    std::optional<Entry> find(const std::string& name) const;
    /// A folder in it. Empty (isThere() is false) where the name is none.
    Result<MergedFolder> enter(const std::string& name) const;

    bool isThere() const { return !m_folders.empty(); }
    int top() const { return m_folders.front().fd(); } ///< the one whose owner and permissions count

private:
    std::vector<UniqueFd> m_folders; ///< highest first, as far down as they are merged
};

} // namespace twinhull
