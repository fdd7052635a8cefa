// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/json_fields.h"
#include "core/oci/process_spec.h"

namespace twinhull::oci {

/// The member `process` of config.json. Internal to core/oci.
Process decodeProcessFields(const JsonFields& fields);

} // namespace twinhull::oci
