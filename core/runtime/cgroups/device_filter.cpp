// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/device_filter.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/device_rules.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

long callBpf(int command, bpf_attr& attributes)
{
    return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

Error failed(const char* what)
{
    Error error = Error::fromErrno(errno, what);
    if (error.sysErrno == ENOSYS || error.sysErrno == EINVAL)
        error.code = ErrorCode::Unsupported;
    return error;
}

Result<UniqueFd> loadProgram(const std::vector<bpf_insn>& program)
{
    constexpr const char* kLicense = "GPL";
    bpf_attr attributes{};
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = reinterpret_cast<std::uint64_t>(program.data());
    attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
    attributes.license = reinterpret_cast<std::uint64_t>(kLicense);
    UniqueFd loaded(static_cast<int>(callBpf(BPF_PROG_LOAD, attributes)));
    return loaded ? Result(std::move(loaded)) : failed("load the device rules");
}

} // namespace

Result<> filterDevices(const std::string& folder, const std::vector<oci::DeviceRule>& rules)
{
    if (!deniesDevices(rules))
        return {};
    auto program = loadProgram(deviceProgram(rules));
    if (!program)
        return std::move(program).error();
    auto cgroup = openPath(folder, O_RDONLY | O_DIRECTORY);
    if (!cgroup)
        return std::move(cgroup).error();
    bpf_attr attributes{};
    attributes.target_fd = static_cast<std::uint32_t>(cgroup->fd());
    attributes.attach_bpf_fd = static_cast<std::uint32_t>(program->fd());
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI; // beside what stands above it
    return callBpf(BPF_PROG_ATTACH, attributes) == 0 ? Result<>() : Result<>(failed("attach the device rules"));
}

} // namespace twinhull::runtime
