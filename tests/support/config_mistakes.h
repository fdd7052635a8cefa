// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace twinhull::test {

using Json = nlohmann::json;

/// Every member that hull reads, where one can stand beside the others.
inline oci::RuntimeSpec fullSpec()
{
    oci::RuntimeSpec spec = oci::defaultRuntimeSpec();
    auto& process = *spec.process;
    process.consoleSize = oci::ConsoleSize{ 25, 80 };
    process.user = { 1, 2, 0022, { 3 } };
    process.oomScoreAdj = 5;
    process.apparmorProfile = "unconfined";
    process.selinuxLabel = "a_t";
    process.scheduler = oci::Scheduler{ "SCHED_DEADLINE", 1, 2, { "SCHED_FLAG_RESET_ON_FORK" }, 1, 2, 3 };
    process.ioPriority = oci::IoPriority{ "IOPRIO_CLASS_BE", 6 };
    process.execCpuAffinity = oci::ExecCpuAffinity{ "0-1", "1" };
    process.capabilities->inheritable = process.capabilities->ambient = { "CAP_KILL" };
    spec.domainname = "domain";
    spec.mounts = { { "/data", "bind", "/srv", { "ridmap" }, { { 0, 5, 1 } }, { { 0, 6, 1 } } } };
    spec.annotations["key"] = "value";
    const std::vector<oci::Hook> hooks{ { "/bin/hook", { "hook" }, { "A=b" }, 7 } };
    spec.hooks = { hooks, hooks, hooks, hooks, hooks, hooks };
    auto& linux_ = spec.linux_;
    linux_.namespaces.front().path = "/proc/self/ns/net";
    linux_.uidMappings = linux_.gidMappings = { { 0, 1000, 1 } };
    linux_.devices = { { "/dev/fuse", 'c', 10, 229, 0666, 0, 0 } };
    linux_.cgroupsPath = "/hull/web";
    linux_.resources.memoryLimitBytes = 64 << 20;
    linux_.resources.cpuShares = 5;
    linux_.resources.cpus = linux_.resources.mems = "0";
    linux_.resources.pidsLimit = 50;
    linux_.resources.ioWeight = 100;
    linux_.resources.ioDeviceWeights = { { 8, 0, 50 } };
    linux_.resources.hugepageLimits = { { "2MB", 1 << 21 } };
    linux_.resources.rdmaLimits["mlx5_0"] = { 1, 2 };
    linux_.resources.cpuBurstMicroseconds = 5;
    linux_.resources.cpuIdle = 0;
    linux_.resources.refusesMemoryBelowUse = true;
    linux_.resources.readBytesPerSecond = { { 8, 0, 5 } };
    linux_.resources.unified["memory.high"] = "1M";
    linux_.sysctl["net.ipv4.ip_forward"] = "1";
    linux_.seccomp = oci::Seccomp{ "SCMP_ACT_ERRNO", 1, { "SCMP_ARCH_X86_64" }, { "SECCOMP_FILTER_FLAG_LOG" },
        { { { "read" }, "SCMP_ACT_ERRNO", 1, { { 0, 1, 0, "SCMP_CMP_EQ" } } } }, { "/run/agent", "data" } };
    linux_.rootfsPropagation = "rslave";
    linux_.namespaces.push_back({ oci::NamespaceKind::Time, {} });
    linux_.netDevices = { { "eth7", "eth0" }, { "veth0", "eth%d" } };
    linux_.timeOffsets = { { "boottime", { -5, 1 } } };
    linux_.mountLabel = "b_t";
    linux_.personality = oci::Personality{ "LINUX" };
    linux_.memoryPolicy = oci::MemoryPolicy{ "MPOL_BIND", "0", { "MPOL_F_STATIC_NODES" } };
    return spec;
}

struct Place {
    Json::json_pointer pointer;
    std::string path; ///< "linux.namespaces[3].path"
    bool isElement = false;
};

inline void collect(const Json& value, const Place& here, std::vector<Place>& places)
{
    if (!here.path.empty())
        places.push_back(here);
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            collect(value[i], { here.pointer / i, here.path + "[" + std::to_string(i) + "]", true }, places);
    } else if (value.is_object()) {
        for (const auto& [key, member] : value.items())
            collect(member, { here.pointer / key, here.path + (here.path.empty() ? "" : ".") + key, false }, places);
    }
}

/// JSON has one kind of numbers; a whole one is another kind here.
inline int kindOf(const Json& value)
{
    return static_cast<int>(
        value.type() == Json::value_t::number_unsigned ? Json::value_t::number_integer : value.type());
}

} // namespace twinhull::test
