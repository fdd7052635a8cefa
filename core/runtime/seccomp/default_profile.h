// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

namespace twinhull::runtime {

/// resources/seccomp/default.json, which is built into the program.
Result<oci::Seccomp> defaultSeccompProfile();

} // namespace twinhull::runtime
