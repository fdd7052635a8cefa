// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/oci/runtime_spec.h"
#include "core/runtime/seccomp/call_outcomes.h"

#include <linux/filter.h>

#include <string>
#include <vector>

namespace twinhull::runtime {

/// A profile as the kernel takes it.
struct SeccompFilter {
    BpfProgram program;
    unsigned flags = 0; ///< SECCOMP_FILTER_FLAG_*
};

/// By libseccomp, whose word on what a profile means is everybody's, then made shorter (call_search.h). System calls
/// that this kernel's tables do not know are left out, as everybody does; unknown actions, operators and architectures
/// are errors.
Result<SeccompFilter> compileFilter(const oci::Seccomp& profile);

/// The program as libseccomp writes it.
Result<BpfProgram> compileByLibrary(const oci::Seccomp& profile);

/// For this thread and all that come from it (seccomp(2)). Needs no_new_privs or CAP_SYS_ADMIN. Where the filter asks
/// an agent (SECCOMP_FILTER_FLAG_NEW_LISTENER), returns the listener of seccomp_unotify(2), close-on-exec.
Result<UniqueFd> installFilter(const SeccompFilter& filter);

/// One line that is the same for profiles that compile to the same; the whole content of the profile.
std::string canonicalText(const oci::Seccomp& profile);

std::string seccompLibraryVersion(); ///< "2.5.4"

std::vector<std::string> seccompActionNames();
std::vector<std::string> seccompOperatorNames();
std::vector<std::string> seccompArchitectureNames();
std::vector<std::string> seccompFlagNames();

} // namespace twinhull::runtime
