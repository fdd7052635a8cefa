// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/namespaces/namespace_plan.h"

#include <map>
#include <optional>
#include <string>

namespace twinhull::runtime {

/// Writes kernel parameters that belong to one of the container's own namespaces; any other one would be the host's and
/// is refused (CVE-2022-0811). To be called while the host's /proc is still the one in sight: a container's own could
/// lead elsewhere.
Result<> writeSysctls(const std::map<std::string, std::string>& sysctls, const NamespacePlan& namespaces);

/// The namespace a parameter belongs to; no value where it is not known to belong to one.
std::optional<oci::NamespaceKind> namespaceOfSysctl(const std::string& name);

} // namespace twinhull::runtime
