// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

struct ProgramCall {
    std::string path;
    std::vector<std::string> environment;
};

/// Inside the container: finds args[0] by the process's own PATH, and adds HOME from the container's /etc/passwd where
/// the environment has none.
Result<ProgramCall> findProgramCall(const oci::Process& process);

/// Inside the container, before its rights are dropped: an error where the program is certain not to be there. Its user
/// may still not be allowed to run it.
Result<> requireProgram(const oci::Process& process);

/// Cause and next step of a failed execve(2).
Error describeExecFailure(int number, const std::string& path);

/// The home folder of `uid` in the text of a passwd file; "/" where it has none.
std::string homeOf(std::string_view passwd, std::uint32_t uid);

} // namespace twinhull::runtime
