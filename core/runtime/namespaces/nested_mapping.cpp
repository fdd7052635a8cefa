// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/nested_mapping.h"

#include <algorithm>
#include <sstream>

namespace twinhull::runtime {

namespace {

const oci::IdMapping* rangeWith(const IdMappings& mappings, std::uint32_t hostId)
{
    const auto found = std::find_if(mappings.begin(), mappings.end(), [hostId](const oci::IdMapping& mapping) {
        return hostId >= mapping.hostId && hostId - mapping.hostId < mapping.size;
    });
    return found == mappings.end() ? nullptr : &*found;
}

} // namespace

IdMappings parseMappingText(std::string_view text)
{
    IdMappings mappings;
    std::istringstream lines{ std::string(text) };
    for (std::string line; std::getline(lines, line);) {
        std::istringstream numbers(line);
        oci::IdMapping mapping;
        if (numbers >> mapping.containerId >> mapping.hostId >> mapping.size)
            mappings.push_back(mapping);
    }
    return mappings;
}

Result<IdMappings> mappingsWithin(const IdMappings& parent, const IdMappings& mappings)
{
    IdMappings nested;
    for (auto rest : mappings) {
        while (rest.size > 0) {
            const auto* range = rangeWith(parent, rest.hostId);
            if (range == nullptr)
                return Error{ ErrorCode::InvalidArgument,
                    "the parent user namespace has no id for " + std::to_string(rest.hostId), 0,
                    "Map only ids that the parent has" };
            const std::uint32_t skipped = rest.hostId - range->hostId;
            const std::uint32_t count = std::min(rest.size, range->size - skipped);
            nested.push_back({ rest.containerId, range->containerId + skipped, count });
            rest = { rest.containerId + count, rest.hostId + count, rest.size - count };
        }
    }
    return nested;
}

} // namespace twinhull::runtime
