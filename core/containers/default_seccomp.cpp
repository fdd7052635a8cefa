// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/default_seccomp.h"

#include "embedded/seccomp_default.h"

namespace twinhull {

Result<oci::Seccomp> defaultSeccompProfile()
{
    return oci::decodeSeccomp(embedded::kSeccompDefault, "resources/seccomp/default.json");
}

} // namespace twinhull
