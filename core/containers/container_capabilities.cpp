// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_capabilities.h"

#include "core/oci/runtime_spec.h"
#include "core/workload/option_text.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr const char* kAll = "ALL";

bool holds(const std::vector<std::string>& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> startingSet(const ContainerSecurity& security)
{
    if (holds(security.addedCapabilities, kAll)) {
        std::vector<std::string> all;
        for (const auto& name : knownCapabilities())
            all.push_back(name.toStdString());
        return all;
    }
    if (holds(security.droppedCapabilities, kAll))
        return {};
    return oci::defaultRuntimeSpec().process->capabilities->bounding;
}

} // namespace

std::vector<std::string> capabilityNamesOf(const ContainerSecurity& security)
{
    std::vector<std::string> names;
    for (const auto& name : startingSet(security)) {
        if (!holds(security.droppedCapabilities, name))
            names.push_back(name);
    }
    for (const auto& name : security.addedCapabilities) {
        if (name != kAll && !holds(names, name))
            names.push_back(name);
    }
    return names;
}

oci::CapabilitySets capabilitySetsOf(const ContainerSecurity& security, bool isRoot)
{
    const auto names = capabilityNamesOf(security);
    std::vector<std::string> kept; // through exec by another user
    for (const auto& name : names) {
        const auto& added = security.addedCapabilities;
        if (!isRoot && (holds(added, name) || holds(added, kAll)))
            kept.push_back(name);
    }
    return { names, names, kept, names, kept };
}

} // namespace twinhull
