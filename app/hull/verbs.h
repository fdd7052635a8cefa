// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/runtime/cgroups/cgroup.h"

#include <string>
#include <vector>

namespace twinhull::hull {

/// What stands before the verb.
struct Globals {
    std::string root; ///< folder of the containers' states
    int marksFd = -1;
    runtime::CgroupUse cgroups = runtime::CgroupUse::Own;
};

using Words = std::vector<std::string>;

/// Each takes the words after its name and returns the exit status.
Result<int> createVerb(const Globals& globals, const Words& words);
Result<int> runVerb(const Globals& globals, const Words& words);
Result<int> startVerb(const Globals& globals, const Words& words);
Result<int> stateVerb(const Globals& globals, const Words& words);
Result<int> killVerb(const Globals& globals, const Words& words);
Result<int> deleteVerb(const Globals& globals, const Words& words);
Result<int> execVerb(const Globals& globals, const Words& words);
Result<int> listVerb(const Globals& globals, const Words& words);
Result<int> featuresVerb(const Globals& globals, const Words& words);
Result<int> specVerb(const Globals& globals, const Words& words);

/// One line on standard error.
void warn(const char* text);

/// "NAME NANOSECONDS" to --marks-fd, where one was given.
void writeMark(const Globals& globals, const char* name, std::int64_t nanoseconds);

/// The only operand, or an error that says what is missing.
Result<std::string> onlyOperand(const std::vector<std::string>& operands, const char* what);

} // namespace twinhull::hull
