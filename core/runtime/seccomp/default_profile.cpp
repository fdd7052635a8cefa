// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/seccomp/default_profile.h"

#include "embedded/seccomp_default.h"

namespace twinhull::runtime {

Result<oci::Seccomp> defaultSeccompProfile()
{
    return oci::decodeSeccomp(embedded::kSeccompDefault, "resources/seccomp/default.json");
}

} // namespace twinhull::runtime
