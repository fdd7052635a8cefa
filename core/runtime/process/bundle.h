// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/oci/runtime_spec.h"
#include "core/runtime/process/launched_process.h"

#include <string>

namespace twinhull::runtime {

struct Bundle {
    std::string path; ///< absolute, without links
    std::string configText;
    oci::RuntimeSpec spec;
};

/// Without links.
Result<std::string> absolutePath(const std::string& path);

/// `config`: absolute, or relative to the bundle. Errors name the file and what writes one.
Result<Bundle> readBundle(const std::string& path, const std::string& config);

/// What config.json asks for and hull leaves out is told; the rest must be whole.
Result<> checkBundle(const Bundle& bundle, const WarningSink& onWarning);

/// Of a container that has no process yet.
oci::ContainerRecord newRecord(const Bundle& bundle, const std::string& id);

} // namespace twinhull::runtime
