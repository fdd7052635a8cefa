// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/sysctls.h"

#include "core/base/files.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace twinhull::runtime {

namespace {

using oci::NamespaceKind;

constexpr std::array<std::string_view, 9> kIpcNames{ "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
    "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced", "kernel.msg_next_id" };

bool startsWith(const std::string& text, std::string_view prefix)
{
    return text.compare(0, prefix.size(), prefix) == 0;
}

Result<UniqueFd> openSysctlFolder()
{
    auto folder = openPath("/proc/sys", O_PATH | O_DIRECTORY);
    if (!folder)
        return folder;
    struct statfs system { };
    if (::fstatfs(folder->fd(), &system) != 0 || system.f_type != PROC_SUPER_MAGIC)
        return Error{ ErrorCode::Corrupt, "/proc/sys of this computer is not the kernel's", 0, {} };
    return folder;
}

/// "net.ipv4.ip_forward" as a path; a name with slashes is one already.
std::string pathOf(std::string name)
{
    if (name.find('/') == std::string::npos)
        std::replace(name.begin(), name.end(), '.', '/');
    return name;
}

} // namespace

std::optional<NamespaceKind> namespaceOfSysctl(const std::string& name)
{
    std::string dotted = name;
    std::replace(dotted.begin(), dotted.end(), '/', '.');
    if (dotted.find("..") != std::string::npos)
        return {};
    if (startsWith(dotted, "net."))
        return NamespaceKind::Network;
    if (startsWith(dotted, "fs.mqueue.") || std::find(kIpcNames.begin(), kIpcNames.end(), dotted) != kIpcNames.end())
        return NamespaceKind::Ipc;
    if (dotted == "kernel.domainname" || dotted == "kernel.hostname")
        return NamespaceKind::Uts;
    return {};
}

Result<> writeSysctls(const std::map<std::string, std::string>& sysctls, const NamespacePlan& namespaces)
{
    if (sysctls.empty())
        return {};
    auto folder = openSysctlFolder();
    if (!folder)
        return std::move(folder).error();
    for (const auto& [name, value] : sysctls) {
        const auto kind = namespaceOfSysctl(name);
        if (!kind || !namespaces.hasOwn(*kind))
            return Error{ ErrorCode::InvalidArgument,
                "config.json: linux.sysctl." + name + ": would change the whole computer", 0,
                kind ? "Give the container its own " + std::string(nameOf(*kind)) + " namespace"
                     : "Leave it out; only parameters of a container's own namespaces can be set" };
        auto file = openAt(*folder, pathOf(name), O_WRONLY | O_NOFOLLOW);
        auto written = file ? writeAll(*file, value) : Result<>(std::move(file).error());
        if (!written)
            return std::move(written).withContext("config.json: linux.sysctl." + name);
    }
    return {};
}

} // namespace twinhull::runtime
