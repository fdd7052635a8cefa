// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

namespace twinhull {

/// resources/seccomp/default.json, which is built into the program: the profile of every container made here.
Result<oci::Seccomp> defaultSeccompProfile();

} // namespace twinhull
