// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_settings.h"
#include "core/workload/workload_plan.h"

#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// The option structs of a plan into settings that have all else, or one error that says what cannot be. Reads this
/// computer (the seccomp profile, devices); `controllers` are those that a container's cgroup can have
/// (reachableControllers()).
Result<> applyPlanOptions(const WorkloadPlan& plan, const std::string& controllers, ContainerSettings& settings);

/// Those that are asked for, beside those that the settings have; a memory limit that swap goes with is in them.
Result<> applyFineLimits(const FineLimits& options, const std::string& controllers, ContainerSettings& settings);

/// As ContainerDeviceRate names it: "rbps" …
const char* controlOf(DeviceRateKind kind);

/// Whether the person can be somebody else than root inside: not where they are root of this computer.
Result<> checkKeepId();

/// As ContainerDeviceRate names it.
std::optional<DeviceRateKind> deviceRateKindFrom(std::string_view name);

} // namespace twinhull
