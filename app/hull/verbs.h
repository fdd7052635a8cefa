// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/hull/globals.h"
#include "app/hull/messages.h"
#include "core/oci/container_record.h"

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull::hull {

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
Result<int> pauseVerb(const Globals& globals, const Words& words);
Result<int> resumeVerb(const Globals& globals, const Words& words);
Result<int> psVerb(const Globals& globals, const Words& words);
Result<int> updateVerb(const Globals& globals, const Words& words);
Result<int> eventsVerb(const Globals& globals, const Words& words);
Result<int> mountsVerb(const Globals& globals, const Words& words);
Result<int> visitVerb(const Globals& globals, const Words& words);
Result<int> statsVerb(const Globals& globals, const Words& words);
Result<int> checkpointVerb(const Globals& globals, const Words& words);
Result<int> restoreVerb(const Globals& globals, const Words& words);

/// To standard output; 0.
Result<int> print(const std::string& text);

/// "NAME NANOSECONDS" to --marks-fd, where one was given.
void writeMark(const Globals& globals, const char* name, std::int64_t nanoseconds);

/// The only operand, or an error that says what is missing.
Result<std::string> onlyOperand(const std::vector<std::string>& operands, const char* what);

} // namespace twinhull::hull
