// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/syscalls.h"

#include <map>
#include <string>

namespace twinhull::runtime {

/// What /proc/PID/timens_offsets takes (time_namespaces(7)): a line "CLOCK SECONDS NANOSECONDS" each.
std::string timeOffsetText(const std::map<std::string, oci::TimeOffset>& offsets);

/// A new time namespace with these offsets for the children that this process makes from now on, not for itself: the
/// offsets are fixed as soon as somebody is inside. Needs CAP_SYS_ADMIN.
Result<> makeTimeNamespace(Syscalls& calls, const std::map<std::string, oci::TimeOffset>& offsets);

} // namespace twinhull::runtime
