// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/machine_cgroup.h"

#include "core/base/files.h"
#include "core/metrics/cgroup_reader.h"
#include "core/metrics/folder_reader.h"
#include "core/metrics/proc_text.h"

#include <algorithm>
#include <memory>

namespace twinhull {

namespace {

constexpr std::size_t kMostProcBytes = 1U << 20U; // of /proc/PID/cgroup and cmdline
constexpr unsigned kRoundsBetweenGroups = 30; // processors are plugged in rarely
constexpr int kDeepestThreadGroup = 2; // libvirt/vcpu0
constexpr std::size_t kMostThreadGroups = 512;

/// The names of libvirt's util/vircgroup.c and of systemd-machined, whose "-" is escaped.
bool isMachineGroup(std::string_view name, int domainId)
{
    const std::string id = std::to_string(domainId);
    return (name.starts_with("machine-qemu\\x2d" + id + "\\x2d") && name.ends_with(".scope"))
        || (name.starts_with("qemu-" + id + "-") && name.ends_with(".libvirt-qemu"));
}

/// cgroups(7): the v2 line, without the words before its path.
std::string_view unifiedPathIn(std::string_view text)
{
    constexpr std::string_view kUnified = "0::/";
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        if (line.starts_with(kUnified))
            return line.substr(kUnified.size() - 1);
    }
    return {};
}

bool isAnotherQemu(const ProcTree& proc, pid_t pid, pid_t qemu)
{
    if (pid == qemu)
        return false;
    const auto words = readFile(proc.root + "/" + std::to_string(pid) + "/cmdline", kMostProcBytes);
    const std::string_view program = words ? std::string_view(*words).substr(0, words->find('\0')) : std::string_view();
    const std::string_view name = program.substr(program.find_last_of('/') + 1); // npos + 1 is 0
    return name.starts_with("qemu-system") || name == "qemu-kvm";
}

std::string unifiedMount()
{
    for (const char* mount : { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }) {
        if (cgroupMountOf(mount) == mount)
            return mount;
    }
    return {};
}

} // namespace

std::string_view machineGroupIn(std::string_view path, int domainId)
{
    if (domainId <= 0 || path.find("/../") != std::string_view::npos) // outside of what this namespace shows
        return {};
    for (std::size_t begin = 1; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (isMachineGroup(path.substr(begin, end - begin), domainId))
            return path.substr(0, end);
        begin = end + 1;
    }
    return {};
}

std::string machineCgroupOf(const ProcTree& proc, pid_t qemu, int domainId, const std::string& mount)
{
    const auto text = readFile(proc.root + "/" + std::to_string(qemu) + "/cgroup", kMostProcBytes);
    const std::string_view group = text ? machineGroupIn(unifiedPathIn(*text), domainId) : std::string_view();
    const std::string tree = mount.empty() && !group.empty() ? unifiedMount() : mount;
    if (group.empty() || tree.empty())
        return {};
    const std::string path = tree + std::string(group);
    const auto cgroup = CgroupReader::open(path);
    if (!cgroup)
        return {};
    const auto buffer = std::make_unique<ReadBuffer>();
    const auto members = cgroup->pids(*buffer);
    const bool isItsOwn = std::find(members.begin(), members.end(), qemu) != members.end()
        && std::none_of(members.begin(), members.end(), [&](pid_t pid) { return isAnotherQemu(proc, pid, qemu); });
    return isItsOwn ? path : std::string();
}

std::uint64_t ThrottledBelow::refresh(ReadBuffer& buffer)
{
    if (m_round++ % kRoundsBetweenGroups == 0)
        findGroups(m_cgroup, kDeepestThreadGroup);
    std::uint64_t total = 0;
    for (auto& [path, group] : m_groups) {
        const auto text = group.cpuStat.read(buffer);
        group.isGone = !text;
        if (text)
            group.microseconds = std::max(group.microseconds, flatKey(*text, "throttled_usec").value_or(0));
        (group.isGone ? m_ofGone : total) += group.microseconds;
    }
    std::erase_if(m_groups, [](const auto& entry) { return entry.second.isGone; });
    return (total + m_ofGone) * 1000;
}

void ThrottledBelow::findGroups(const std::string& folder, int depth)
{
    const FolderReader entries(folder);
    while (const dirent* entry = entries.nextEntry()) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' || m_groups.size() >= kMostThreadGroups)
            continue;
        const std::string path = folder + "/" + entry->d_name;
        if (auto cpuStat = m_groups.contains(path) ? Result<KeptFile>(Error{}) : KeptFile::open(path + "/cpu.stat"))
            m_groups.emplace(path, Group{ *std::move(cpuStat) });
        if (depth > 1)
            findGroups(path, depth - 1);
    }
}

} // namespace twinhull
