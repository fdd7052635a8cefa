// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"

namespace twinhull {

/// Which workload a verb works inside of, as it was named.
struct RunningName {
    std::string name;
    std::string kind; ///< "container", "vm" or empty
};

/// It has to run; `doing` is what needs it: "attach to".
Result<> checkRuns(const WorkloadInfo& info, const char* doing);

using WithWorkload = std::function<void(Program&, const WorkloadInfo&)>;

/// Calls `then` with the one of that name, which runs and is not paused; else the program fails. libvirt is asked only
/// where no container bears the name.
void withRunning(Program& program, const RunningName& named, const char* doing, const WithWorkload& then);

/// The same for what needs its files only: a container that is stopped is good, too.
void withFiles(Program& program, const RunningName& named, const char* doing, const WithWorkload& then);

} // namespace twinhull
