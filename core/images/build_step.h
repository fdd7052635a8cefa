// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// A line by which buildah says what it begins: "STEP 2/5: RUN make", of several stages "[1/2] STEP 2/5: RUN make".
struct BuildStep {
    unsigned number = 0; ///< from 1
    unsigned count = 0;
    std::string text; ///< the line without what buildah adds at its end

    static std::optional<BuildStep> parse(std::string_view line);
};

} // namespace twinhull
