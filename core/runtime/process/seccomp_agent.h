// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/oci/container_record.h"
#include "core/oci/runtime_spec.h"

namespace twinhull::runtime {

/// Hands the listener of the process `pid` to the agent that the profile names: one connection, one message with the
/// container process state of runtime-spec's config-linux.md. An agent that takes no connection or reads nothing for
/// five seconds is an error.
Result<> tellSeccompAgent(
    const oci::SeccompAgent& agent, const oci::ContainerView& container, pid_t pid, const UniqueFd& listener);

} // namespace twinhull::runtime
