// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_options.h"
#include "core/oci/process_spec.h"

namespace twinhull {

/// The usual set without what is dropped and with what is added. "ALL" among the dropped leaves what is added alone,
/// "ALL" among the added gives all but what is dropped.
std::vector<std::string> capabilityNamesOf(const ContainerSecurity& security);

/// Those as the sets of a process. A user other than root loses all of them at exec (capabilities(7)), so what was
/// added by name or by "ALL" is made ambient for it.
oci::CapabilitySets capabilitySetsOf(const ContainerSecurity& security, bool isRoot);

} // namespace twinhull
