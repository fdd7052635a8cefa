// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_host.h"

#include "core/vms/domain/host_abilities.h"
#include "core/vms/power/kvm_probe.h"

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
    if (options.acceleration == AccelerationChoice::Auto && tools.place == HypervisorPlace::Elsewhere) {
        const auto connection = tools.link->connection();
        return connection && readHostAbilities(connection->get(), DomainEngine::Kvm) ? DomainEngine::Kvm
                                                                                     : DomainEngine::Tcg;
    }
    return options.acceleration == AccelerationChoice::Auto && rememberedKvmVerdict(tools.folders) == KvmVerdict::Usable
        ? DomainEngine::Kvm
        : DomainEngine::Tcg;
}

} // namespace twinhull
