// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace twinhull {

/// A network of a person's own: networks/NAME.json in the data folder, format version 1. Containers in it find each
/// other by name; others do not reach them.
struct NetworkDefinition {
    std::string name;
    std::string ipv4Subnet; ///< "10.89.0.0/24"
    std::string ipv4Gateway; ///< "10.89.0.1", an address of the subnet; the name server answers there
    std::string ipv6Subnet; ///< "fd6d:7768:0:1::/64"; empty: no IPv6
    std::string ipv6Gateway;
    bool isInternal = false; ///< no way out of it
    std::map<std::string, std::string> labels;
    std::int64_t createdMilliseconds = 0; ///< wall clock

    friend bool operator==(const NetworkDefinition&, const NetworkDefinition&) = default;
};

constexpr std::size_t kNetworkDefinitionLimitBytes = 64U << 10U;

std::string encodeNetworkDefinition(const NetworkDefinition& network);
/// Corrupt where a text is missing or no address; the rest is not judged.
Result<NetworkDefinition> decodeNetworkDefinition(std::string_view json);

} // namespace twinhull
