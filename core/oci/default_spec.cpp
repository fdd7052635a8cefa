// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/runtime_spec.h"

namespace twinhull::oci {

namespace {

std::vector<Mount> defaultMounts()
{
    return {
        { "/proc", "proc", "proc", { "nosuid", "noexec", "nodev" } },
        { "/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" } },
        { "/dev/pts", "devpts", "devpts",
            { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" } },
        { "/dev/shm", "tmpfs", "shm", { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" } },
        { "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" } },
        { "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
        { "/sys/fs/cgroup", "cgroup", "cgroup", { "nosuid", "noexec", "nodev", "relatime", "ro" } },
    };
}

CapabilitySets defaultCapabilities()
{
    const std::vector<std::string> names{ "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
        "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT" };
    return { names, names, {}, names, {} };
}

Process defaultProcess()
{
    Process process;
    process.args = { "sh" };
    process.env = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm" };
    process.capabilities = defaultCapabilities();
    process.rlimits = { { "RLIMIT_NOFILE", 1024, 1024 } };
    process.noNewPrivileges = true;
    return process;
}

} // namespace

RuntimeSpec defaultRuntimeSpec()
{
    RuntimeSpec spec;
    spec.process = defaultProcess();
    spec.hostname = "hull";
    spec.mounts = defaultMounts();
    for (const auto kind : { NamespaceKind::Pid, NamespaceKind::Network, NamespaceKind::Ipc, NamespaceKind::Uts,
             NamespaceKind::Mount, NamespaceKind::Cgroup })
        spec.linux_.namespaces.push_back({ kind, {} });
    spec.linux_.maskedPaths = { "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
        "/sys/firmware", "/sys/devices/virtual/powercap" };
    spec.linux_.readonlyPaths = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };
    return spec;
}

} // namespace twinhull::oci
