// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/execution_domain.h"

#include "core/base/number_list.h"

#include <linux/mempolicy.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <utility>

namespace twinhull::runtime {

namespace {

constexpr int kWeightedInterleave = 6; // MPOL_WEIGHTED_INTERLEAVE, Linux 6.9

constexpr std::array<std::pair<std::string_view, int>, 10> kPolicyWords{ {
    { "MPOL_DEFAULT", MPOL_DEFAULT },
    { "MPOL_PREFERRED", MPOL_PREFERRED },
    { "MPOL_BIND", MPOL_BIND },
    { "MPOL_INTERLEAVE", MPOL_INTERLEAVE },
    { "MPOL_LOCAL", MPOL_LOCAL },
    { "MPOL_PREFERRED_MANY", MPOL_PREFERRED_MANY },
    { "MPOL_WEIGHTED_INTERLEAVE", kWeightedInterleave },
    { "MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES },
    { "MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES },
    { "MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING },
} };

int wordOf(const std::string& name)
{
    for (const auto& [candidate, value] : kPolicyWords) {
        if (candidate == name)
            return value;
    }
    return MPOL_DEFAULT;
}

Result<> applyMemoryPolicy(const oci::MemoryPolicy& policy)
{
    constexpr unsigned kBits = sizeof(unsigned long) * CHAR_BIT;
    std::array<unsigned long, kNumberListEnd / kBits> nodes{};
    const auto numbers = parseNumberList(policy.nodes).value_or(std::vector<unsigned>());
    for (const unsigned node : numbers)
        nodes[node / kBits] |= 1UL << (node % kBits);
    int mode = wordOf(policy.mode);
    for (const auto& flag : policy.flags)
        mode |= wordOf(flag);
    // one more than the highest node: the kernel takes the last bit off (set_mempolicy(2), "BUGS")
    const unsigned long count = numbers.empty() ? 0 : numbers.back() + 2UL;
    if (::syscall(SYS_set_mempolicy, mode, numbers.empty() ? nullptr : nodes.data(), count) == 0)
        return {};
    Error error = Error::fromErrno(errno, "set linux.memoryPolicy to " + policy.mode);
    return errno == EINVAL ? std::move(error).withHint("Do the nodes exist, and does the mode take them?") : error;
}

} // namespace

Result<> applyExecutionDomain(const ExecutionDomain& domain)
{
    if (domain.personality && ::personality(domain.personality->domain == "LINUX32" ? PER_LINUX32 : PER_LINUX) < 0)
        return Error::fromErrno(errno, "set linux.personality");
    return domain.memoryPolicy ? applyMemoryPolicy(*domain.memoryPolicy) : Result<>();
}

} // namespace twinhull::runtime
