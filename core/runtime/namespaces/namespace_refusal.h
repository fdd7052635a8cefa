// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/runtime/namespaces/namespace_plan.h"

#include <string>

namespace twinhull::runtime {

/// `error` of a clone(2) that was to make the namespaces of `plan`, with the command that lets it: found by looking at
/// what this computer forbids. `settings` is /proc/sys, or what a test puts in its place.
Error explainRefusedNamespaces(Error error, const NamespacePlan& plan, const std::string& settings = "/proc/sys");

} // namespace twinhull::runtime
