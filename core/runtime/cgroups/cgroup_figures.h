// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_figures.h"

#include <cstdint>
#include <optional>
#include <string>

namespace twinhull::runtime {

/// From the files of cgroup v2 (cgroup-v2.rst); what a missing controller would say is absent.
oci::ContainerFigures figuresOf(const std::string& folder);

/// How many of its processes the kernel ended for want of memory ("oom_kill" of memory.events).
std::optional<std::uint64_t> oomKillsOf(const std::string& folder);

} // namespace twinhull::runtime
