// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

#include <vector>

namespace twinhull::runtime {

/// Sets the resource limits of this process (getrlimit(2)). An unknown name is an error.
Result<> applyRlimits(const std::vector<oci::Rlimit>& limits);

} // namespace twinhull::runtime
