// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

namespace twinhull::runtime {

/// linux.personality and linux.memoryPolicy, which the program inherits from this process. Before a seccomp filter.
struct ExecutionDomain {
    std::optional<oci::Personality> personality;
    std::optional<oci::MemoryPolicy> memoryPolicy;

    static ExecutionDomain of(const oci::Linux& linux_) { return { linux_.personality, linux_.memoryPolicy }; }
};

Result<> applyExecutionDomain(const ExecutionDomain& domain);

} // namespace twinhull::runtime
