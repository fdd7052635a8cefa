// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

/// The words that a field of config.json may hold; what they do is known to core/runtime.
namespace twinhull::oci {

std::vector<std::string_view> rlimitNames();
std::vector<std::string_view> schedulerPolicies();
std::vector<std::string_view> schedulerFlags();
std::vector<std::string_view> ioPriorityClasses();
std::vector<std::string_view> memoryPolicyModes();
std::vector<std::string_view> memoryPolicyFlags();
std::vector<std::string_view> personalityDomains();
std::vector<std::string_view> seccompActions();
std::vector<std::string_view> seccompOperators();
std::vector<std::string_view> seccompArchitectures();
std::vector<std::string_view> seccompFlags();

} // namespace twinhull::oci
