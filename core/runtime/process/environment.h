// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace twinhull::runtime {

/// Puts "NAME=VALUE" in the place of the same variable, or at the end. An entry without "=" is added as it is.
void setVariable(std::vector<std::string>& environment, const std::string& entry);

} // namespace twinhull::runtime
