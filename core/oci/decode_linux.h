// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/json_fields.h"
#include "core/oci/runtime_spec.h"

namespace twinhull::oci {

/// The member `linux` of config.json. Internal to core/oci.
Linux decodeLinux(const JsonFields& fields, std::vector<std::string>& ignored);
Resources decodeResources(const JsonFields& fields, std::vector<std::string>& ignored);
Seccomp decodeSeccompFields(const JsonFields& fields);
std::vector<IdMapping> decodeMappings(const JsonFields& fields, const char* key);

} // namespace twinhull::oci
