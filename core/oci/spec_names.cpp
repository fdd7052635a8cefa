// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/spec_names.h"

namespace twinhull::oci {

std::vector<std::string_view> schedulerPolicies()
{
    return { "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE" };
}

std::vector<std::string_view> schedulerFlags()
{
    return { "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY",
        "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX" };
}

std::vector<std::string_view> ioPriorityClasses()
{
    return { "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE" };
}

std::vector<std::string_view> memoryPolicyModes()
{
    return { "MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED_MANY",
        "MPOL_WEIGHTED_INTERLEAVE" };
}

std::vector<std::string_view> memoryPolicyFlags()
{
    return { "MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES", "MPOL_F_NUMA_BALANCING" };
}

std::vector<std::string_view> personalityDomains()
{
    return { "LINUX", "LINUX32" };
}

} // namespace twinhull::oci
