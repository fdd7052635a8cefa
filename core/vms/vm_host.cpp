// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_host.h"

#include "core/vms/kvm_probe.h"

#include <sys/sysinfo.h>

#include <limits>

namespace twinhull {

std::uint64_t memoryLimitOf(const VmToolbox& tools)
{
    if (tools.place == HypervisorPlace::Elsewhere)
        return std::numeric_limits<std::uint64_t>::max();
    struct sysinfo host { };
    ::sysinfo(&host);
    return std::uint64_t{ host.totalram } * host.mem_unit;
}

DomainEngine engineFor(const VmOptions& options, const VmToolbox& tools)
{
    if (options.acceleration == AccelerationChoice::Kvm)
        return DomainEngine::Kvm;
    const bool isAllowed = options.acceleration == AccelerationChoice::Auto && tools.place == HypervisorPlace::Here;
    return isAllowed && rememberedKvmVerdict(tools.folders) == KvmVerdict::Usable ? DomainEngine::Kvm
                                                                                  : DomainEngine::Tcg;
}

} // namespace twinhull
