// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

/// Whose CPU time it is, and what it waits for. Rows of the catalogue, which alone includes this.
inline constexpr std::array kCpuRows{
    MetricRow{ Metric::CpuCores,
        { "cpu_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU"),
            QT_TRANSLATE_NOOP("Metrics",
                "Processor time that all its processes and helper programs used, user and system: 1 is one core in "
                "full use."),
            QT_TRANSLATE_NOOP("Metrics",
                "usage_usec in cpu.stat of its cgroup; of processes outside of it their CPU clocks, and fields 14 to "
                "17 of /proc/PID/stat") } },
    MetricRow{ Metric::VcpuCores,
        { "vcpu_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "VCPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU, vCPUs"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the processor time in which its virtual processors ran, guest and exits together."),
            QT_TRANSLATE_NOOP(
                "Metrics", "first field of /proc/PID/task/TID/schedstat of the threads that QEMU names CPU") } },
    MetricRow{ Metric::IoThreadCores,
        { "io_thread_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "IO THREADS",
            QT_TRANSLATE_NOOP("Metrics", "CPU, IO threads"),
            QT_TRANSLATE_NOOP("Metrics", "The part that QEMU's IO threads used."),
            QT_TRANSLATE_NOOP(
                "Metrics", "first field of /proc/PID/task/TID/schedstat of the threads that QEMU names IO") } },
    MetricRow{ Metric::VhostCores,
        { "vhost_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "VHOST",
            QT_TRANSLATE_NOOP("Metrics", "CPU, vhost"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part that the kernel's own workers used to carry the data of its virtual devices past QEMU."),
            QT_TRANSLATE_NOOP(
                "Metrics", "schedstat of the threads named vhost-PID, QEMU's or (before Linux 6.4) the kernel's") } },
    MetricRow{ Metric::EmulatorCores,
        { "emulator_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "EMULATOR",
            QT_TRANSLATE_NOOP("Metrics", "CPU, emulator"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part that all other threads of QEMU used: its main loop, monitor and workers, ended ones too."),
            QT_TRANSLATE_NOOP(
                "Metrics", "CPU clock of QEMU's process without its virtual processors, IO threads and vhost") } },
    MetricRow{ Metric::HelperCores,
        { "helper_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "HELPERS",
            QT_TRANSLATE_NOOP("Metrics", "CPU, helpers"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part that programs beside it used: the monitor of a container, pasta or passt, virtiofsd."),
            QT_TRANSLATE_NOOP("Metrics",
                "CPU clocks of its processes outside of its cgroup; of a VM the whole without QEMU's process and "
                "vhost") } },
    MetricRow{ Metric::NetworkHelperCores,
        { "network_helper_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "NET HELPER",
            QT_TRANSLATE_NOOP("Metrics", "CPU, net helper"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of the helpers' that carried its network: slirp4netns, pasta or passt."),
            QT_TRANSLATE_NOOP("Metrics", "CPU clocks of its helper programs of these names and their children") } },
    MetricRow{ Metric::FileSystemHelperCores,
        { "file_system_helper_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "VIRTIOFSD",
            QT_TRANSLATE_NOOP("Metrics", "CPU, virtiofsd"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of the helpers' that served folders of this computer to a guest: virtiofsd."),
            QT_TRANSLATE_NOOP("Metrics", "CPU clocks of its helper programs of that name and their children") } },
    MetricRow{ Metric::MonitorCores,
        { "monitor_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "MONITOR",
            QT_TRANSLATE_NOOP("Metrics", "CPU, monitor"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the helpers' that watched a container and kept its log: hull-monitor. The three parts are "
                "the helpers' whole, unless libvirt runs one of another name (swtpm)."),
            QT_TRANSLATE_NOOP("Metrics", "CPU clock of its helper program of that name") } },
    MetricRow{ Metric::StolenCores,
        { "stolen_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "STOLEN",
            QT_TRANSLATE_NOOP("Metrics", "CPU, stolen"),
            QT_TRANSLATE_NOOP("Metrics",
                "Time in which its virtual processors were ready and waited for a core, summed over them; what a guest "
                "counts as steal."),
            QT_TRANSLATE_NOOP(
                "Metrics", "second field of /proc/PID/task/TID/schedstat of the threads that QEMU names CPU") } },
    MetricRow{ Metric::ThrottledCores,
        { "throttled_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "THROTTLED",
            QT_TRANSLATE_NOOP("Metrics", "CPU, throttled"),
            QT_TRANSLATE_NOOP("Metrics",
                "Time in which its CPU limit kept it from running, summed over the cores on which it wanted to."),
            QT_TRANSLATE_NOOP("Metrics",
                "throttled_usec in cpu.stat of its cgroup; of a VM also of the groups of its threads below") } },
    MetricRow{ Metric::CpuPressure,
        { "cpu_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "CPU WAIT",
            QT_TRANSLATE_NOOP("Metrics", "CPU wait"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which at least one of its tasks waited for a core: pressure. Read every five "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"some\" of cpu.pressure of its cgroup") } },
    MetricRow{ Metric::CpuFullPressure,
        { "cpu_full_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "CPU STALL",
            QT_TRANSLATE_NOOP("Metrics", "CPU wait of all"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which all of its tasks that had something to do waited for a core, so that "
                "nothing of it went on: full pressure. Read every five seconds."),
            QT_TRANSLATE_NOOP("Metrics",
                "growth of total in the line \"full\" of cpu.pressure of its cgroup, Linux 5.13 or later") } },
    MetricRow{ Metric::ContextSwitchRate,
        { "context_switches_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "SWITCHES",
            QT_TRANSLATE_NOOP("Metrics", "Context switches"),
            QT_TRANSLATE_NOOP("Metrics",
                "How often a thread of its processes and helper programs was put on a core. Threads that begin and end "
                "between two readings are missed. Read every ten seconds, at rest less often."),
            QT_TRANSLATE_NOOP("Metrics", "third field of /proc/PID/task/TID/schedstat") } },
    MetricRow{ Metric::KvmExitRate,
        { "kvm_exits_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "EXITS",
            QT_TRANSLATE_NOOP("Metrics", "KVM exits"),
            QT_TRANSLATE_NOOP("Metrics",
                "How often its virtual processors left the guest, because it did what the host must do for it or "
                "because the host wanted the core."),
            QT_TRANSLATE_NOOP("Metrics", "vcpu.N.exits.sum of libvirt's statistics, which QEMU takes from KVM") } },
};

} // namespace twinhull
