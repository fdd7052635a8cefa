// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

/// "Healthcheck" of an image's config, which Docker's format has and many OCI images keep. Nanoseconds; 0: not said.
struct ImageHealth {
    std::vector<std::string> test; ///< {"NONE"}, {"CMD", words…} or {"CMD-SHELL", text}; empty: not said
    std::uint64_t interval = 0;
    std::uint64_t timeout = 0;
    std::uint64_t startPeriod = 0;
    std::uint64_t retries = 0;
    std::uint64_t startInterval = 0;
};

} // namespace twinhull
