// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

/// What the files of a cgroup said before other limits are written there, so that a change is whole or none.
class LimitsBefore {
public:
    /// Of those that setLimits() may write for `resources` and that are there.
    LimitsBefore(std::string folder, const oci::Resources& resources);

    struct PutBack {
        std::vector<std::string> restored; ///< names of files: "memory.max"
        std::vector<std::string> lost; ///< they say something else still
    };
    /// Writes back what is other now.
    PutBack putBack() const;

    /// Each as a file of `unified`, as far as it is one line; of more than one the first.
    oci::Resources resources() const;

    /// The same as putBack(), and `error` tells which these were.
    Error undo(Error error) const;

private:
    struct File {
        std::string name;
        std::string text;
    };

    std::string m_folder;
    std::vector<File> m_files;
};

} // namespace twinhull::runtime
