// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/oci/runtime_spec.h"
#include "core/runtime/process/launched_process.h"

#include <string_view>
#include <vector>

namespace twinhull::runtime {

/// Runs the hooks of one moment ("createRuntime") one after another in the caller's namespaces. Each gets the
/// container's state on its standard input and the environment that it names; what it prints goes to standard error.
/// The first that fails, or takes longer than its timeout, ends the row and is the error (runtime.md, "Lifecycle").
/// A hook leads a session of its own. At its timeout, or when hull is asked to end meanwhile, it is killed with all
/// that it started, also what has left its session; what a hook leaves behind when it ends in time is its own business.
Result<> runHooks(std::string_view moment, const std::vector<oci::Hook>& hooks, const oci::ContainerView& view);

/// Those of the host's side before the root changes, in the old order and with the old name first.
Result<> runRuntimeHooks(const oci::Hooks& hooks, const oci::ContainerRecord& record);

/// All of them: a failure is a warning, as the specification says for poststop.
void runHooksToTheLast(std::string_view moment, const std::vector<oci::Hook>& hooks, const oci::ContainerView& view,
    const WarningSink& onWarning);

/// The moments that hull knows, in the order in which they come.
std::vector<std::string> hookNames();

} // namespace twinhull::runtime
