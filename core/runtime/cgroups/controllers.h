// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/cgroups/cgroup.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

/// "for-hull-NAME.scope": a scope that was made for hull to be called in, and that it may rearrange. No container's own
/// scope is called so: those are "hull-ID.scope", and "twinhull-ID.scope" of the desktop's.
inline constexpr const char* kCallersScope = "for-hull-";

/// Whether the text of a cgroup.controllers or cgroup.subtree_control names it.
bool namesController(const std::string& text, const std::string& controller);

/// Lets the folders in `folder` have the controllers, as many of them as it can; the error is that of the first.
Result<> handDown(const std::string& folder, std::vector<std::string> controllers);

/// Folders of the tree from the first one that can hand controllers down to the parent of `place`.
std::vector<std::string> ancestorsOf(const CgroupHost& host, const std::string& place);

/// Why nobody can limit by the controller here, with the command that changes it where there is one.
Error missingController(const CgroupHost& host, const std::string& controller);

/// Sees to it that `folder` has every controller that the limits need: root hands down what is missing. The error names
/// the first that cannot be had.
Result<> provideControllers(const CgroupHost& host, const std::string& folder, const oci::Resources& resources);

} // namespace twinhull::runtime
