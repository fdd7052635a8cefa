// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace twinhull {

/// Where a container is in a network.
struct NetworkPlace {
    std::string network;
    std::string ipv4;
    std::string ipv6; ///< empty: none

    friend bool operator==(const NetworkPlace&, const NetworkPlace&) = default;
};

} // namespace twinhull
