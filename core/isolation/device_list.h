// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// Paths of the device nodes in `folder` and one folder below (shm, pts, net, snd …), sorted, cut at
/// kIsolationListLimit. Links are not followed. Empty where there is no such folder.
std::vector<std::string> deviceNodesBelow(const std::string& folder);

/// The device nodes below /dev that the descriptors of a /proc/PID/fd lead to, without terminals and the harmless ones
/// (null, zero, full, random, urandom); sorted, each once. Nothing where the folder may not be read.
std::optional<std::vector<std::string>> openDevices(const std::string& fdFolder);

/// How many processes a procfs shows; nothing where it cannot be read.
std::optional<unsigned> countProcesses(const std::string& proc);

} // namespace twinhull
