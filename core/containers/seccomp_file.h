// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace twinhull {

/// What a profile is judged against.
struct SeccompGround {
    std::vector<std::string> capabilities; ///< that the container has: "CAP_SYS_ADMIN"
    std::string architecture; ///< as container engines name it: "amd64"
    int kernelMajor = 0;
    int kernelMinor = 0;

    static SeccompGround ofThisComputer(std::vector<std::string> capabilities);
};

/// A seccomp profile as the OCI runtime specification has it, from a text that may also have the engines' form: there
/// rules can depend on capabilities, architecture and kernel ("includes", "excludes"), and "archMap" stands for
/// "architectures". Corrupt or InvalidArgument where it is no profile.
Result<std::string> runtimeSeccompProfile(
    const std::string& text, const std::string& name, const SeccompGround& ground);

/// runtimeSeccompProfile() of a file that a person names; read once, at most 512 KiB.
Result<std::string> readSeccompProfile(const std::string& path, std::vector<std::string> capabilities);

} // namespace twinhull
