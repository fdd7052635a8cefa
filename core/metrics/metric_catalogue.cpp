// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

namespace {

constexpr std::array<MetricRow, kMetricCount> kCatalogue{ {
    { Metric::CpuCores,
        { "cpu_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU"),
            QT_TRANSLATE_NOOP("Metrics",
                "Processor time that all its processes and helper programs used, user and system: 1 is one core in "
                "full use."),
            QT_TRANSLATE_NOOP("Metrics",
                "usage_usec in cpu.stat of its cgroup; of processes outside of it their CPU clocks, and fields 14 to "
                "17 of /proc/PID/stat") } },
    { Metric::VcpuCores,
        { "vcpu_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "VCPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU, vCPUs"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the processor time in which its virtual processors ran, guest and exits together."),
            QT_TRANSLATE_NOOP(
                "Metrics", "first field of /proc/PID/task/TID/schedstat of the threads that QEMU names CPU") } },
    { Metric::IoThreadCores,
        { "io_thread_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "IO THREADS",
            QT_TRANSLATE_NOOP("Metrics", "CPU, IO threads"),
            QT_TRANSLATE_NOOP("Metrics", "The part that QEMU's IO threads used."),
            QT_TRANSLATE_NOOP(
                "Metrics", "first field of /proc/PID/task/TID/schedstat of the threads that QEMU names IO") } },
    { Metric::VhostCores,
        { "vhost_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "VHOST",
            QT_TRANSLATE_NOOP("Metrics", "CPU, vhost"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part that the kernel's own workers used to carry the data of its virtual devices past QEMU."),
            QT_TRANSLATE_NOOP(
                "Metrics", "schedstat of the threads named vhost-PID, QEMU's or (before Linux 6.4) the kernel's") } },
    { Metric::EmulatorCores,
        { "emulator_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "EMULATOR",
            QT_TRANSLATE_NOOP("Metrics", "CPU, emulator"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part that all other threads of QEMU used: its main loop, monitor and workers, ended ones too."),
            QT_TRANSLATE_NOOP(
                "Metrics", "CPU clock of QEMU's process without its virtual processors, IO threads and vhost") } },
    { Metric::HelperCores,
        { "helper_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "HELPERS",
            QT_TRANSLATE_NOOP("Metrics", "CPU, helpers"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part that programs beside it used: the monitor of a container, pasta or passt, virtiofsd."),
            QT_TRANSLATE_NOOP("Metrics",
                "CPU clocks of its processes outside of its cgroup; of a VM the whole without QEMU's process and "
                "vhost") } },
    { Metric::NetworkHelperCores,
        { "network_helper_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "NET HELPER",
            QT_TRANSLATE_NOOP("Metrics", "CPU, net helper"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of the helpers' that carried its network: slirp4netns, pasta or passt."),
            QT_TRANSLATE_NOOP("Metrics", "CPU clocks of its helper programs of these names and their children") } },
    { Metric::FileSystemHelperCores,
        { "file_system_helper_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "VIRTIOFSD",
            QT_TRANSLATE_NOOP("Metrics", "CPU, virtiofsd"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of the helpers' that served folders of this computer to a guest: virtiofsd."),
            QT_TRANSLATE_NOOP("Metrics", "CPU clocks of its helper programs of that name and their children") } },
    { Metric::MonitorCores,
        { "monitor_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "MONITOR",
            QT_TRANSLATE_NOOP("Metrics", "CPU, monitor"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the helpers' that watched a container and kept its log: hull-monitor. The three parts are "
                "the helpers' whole, unless libvirt runs one of another name (swtpm)."),
            QT_TRANSLATE_NOOP("Metrics", "CPU clock of its helper program of that name") } },
    { Metric::StolenCores,
        { "stolen_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "STOLEN",
            QT_TRANSLATE_NOOP("Metrics", "CPU, stolen"),
            QT_TRANSLATE_NOOP("Metrics",
                "Time in which its virtual processors were ready and waited for a core, summed over them; what a guest "
                "counts as steal."),
            QT_TRANSLATE_NOOP(
                "Metrics", "second field of /proc/PID/task/TID/schedstat of the threads that QEMU names CPU") } },
    { Metric::ThrottledCores,
        { "throttled_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "THROTTLED",
            QT_TRANSLATE_NOOP("Metrics", "CPU, throttled"),
            QT_TRANSLATE_NOOP("Metrics",
                "Time in which its CPU limit kept it from running, summed over the cores on which it wanted to."),
            QT_TRANSLATE_NOOP("Metrics",
                "throttled_usec in cpu.stat of its cgroup; of a VM also of the groups of its threads below") } },
    { Metric::CpuPressure,
        { "cpu_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "CPU WAIT",
            QT_TRANSLATE_NOOP("Metrics", "CPU wait"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which at least one of its tasks waited for a core: pressure. Read every five "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"some\" of cpu.pressure of its cgroup") } },
    { Metric::ContextSwitchRate,
        { "context_switches_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "SWITCHES",
            QT_TRANSLATE_NOOP("Metrics", "Context switches"),
            QT_TRANSLATE_NOOP("Metrics",
                "How often a thread of its processes and helper programs was put on a core. Threads that begin and end "
                "between two readings are missed. Read every ten seconds, at rest less often."),
            QT_TRANSLATE_NOOP("Metrics", "third field of /proc/PID/task/TID/schedstat") } },
    { Metric::KvmExitRate,
        { "kvm_exits_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "EXITS",
            QT_TRANSLATE_NOOP("Metrics", "KVM exits"),
            QT_TRANSLATE_NOOP("Metrics",
                "How often its virtual processors left the guest, because it did what the host must do for it or "
                "because the host wanted the core."),
            QT_TRANSLATE_NOOP("Metrics", "vcpu.N.exits.sum of libvirt's statistics, which QEMU takes from KVM") } },
    { Metric::ResidentBytes,
        { "resident_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "RESIDENT",
            QT_TRANSLATE_NOOP("Metrics", "Memory, resident"),
            QT_TRANSLATE_NOOP("Metrics",
                "Anonymous and shared memory of all its processes and helper programs that is in RAM now; without "
                "file pages, and shared memory counts once for each process that maps it. Read every ten seconds "
                "where a cgroup counts the rest."),
            QT_TRANSLATE_NOOP("Metrics",
                "RssAnon + RssShmem: fields 2 and 3 of /proc/PID/statm and RssShmem of /proc/PID/status") } },
    { Metric::CgroupChargeBytes,
        { "cgroup_charge_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "CHARGE",
            QT_TRANSLATE_NOOP("Metrics", "Memory, charged"),
            QT_TRANSLATE_NOOP("Metrics",
                "What the kernel charges to its cgroup and holds against its limit, with kernel memory and file cache "
                "that is in use; without cache that can be dropped, and without helpers outside of the cgroup."),
            QT_TRANSLATE_NOOP("Metrics", "memory.current minus inactive_file in memory.stat of its cgroup") } },
    { Metric::KernelChargeBytes,
        { "kernel_charge_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "KERNEL",
            QT_TRANSLATE_NOOP("Metrics", "Memory, kernel"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of its cgroup's charge that the kernel keeps: page tables, stacks, inodes."),
            QT_TRANSLATE_NOOP("Metrics",
                "kernel in memory.stat of its cgroup; before Linux 5.18 kernel_stack, pagetables, percpu and slab") } },
    { Metric::PssBytes,
        { "pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "PSS",
            QT_TRANSLATE_NOOP("Metrics", "Memory, host cost"),
            QT_TRANSLATE_NOOP("Metrics",
                "Proportional set size of all its processes and helper programs: a page that several processes share "
                "is split among them. Read every ten seconds, at rest less often."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/PID/smaps_rollup") } },
    { Metric::RamPssBytes,
        { "ram_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "RAM",
            QT_TRANSLATE_NOOP("Metrics", "Memory, the machine's"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the host cost that backs memory of the virtual machine: what its guest has touched and "
                "not given back, video memory and firmware. Read with the host cost."),
            QT_TRANSLATE_NOOP("Metrics",
                "Pss of the mappings in /proc/PID/smaps of QEMU that VmFlags says are not copied on fork (dc), as QEMU "
                "asks for its memory blocks") } },
    { Metric::QemuOwnPssBytes,
        { "qemu_own_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "QEMU OWN",
            QT_TRANSLATE_NOOP("Metrics", "Memory, QEMU's own"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the host cost that QEMU needs beside the machine's memory: program, tables, buffers."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/PID/smaps_rollup of QEMU minus the machine's memory") } },
    { Metric::HelperPssBytes,
        { "helper_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "HELPER MEM",
            QT_TRANSLATE_NOOP("Metrics", "Memory, helpers"),
            QT_TRANSLATE_NOOP("Metrics", "The part of the host cost that programs beside it need: the same as of CPU."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/PID/smaps_rollup of its helper programs") } },
    { Metric::AnonymousPssBytes,
        { "anonymous_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "ANONYMOUS",
            QT_TRANSLATE_NOOP("Metrics", "Memory, anonymous"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the host cost that no file backs: heaps, stacks, a machine's memory; without helpers."),
            QT_TRANSLATE_NOOP("Metrics", "Pss_Anon in /proc/PID/smaps_rollup") } },
    { Metric::SharedBytes,
        { "shared_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "SHARED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, shared"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the pages its processes use that is counted to others who use them too: resident size "
                "without proportional set size. Read every few seconds."),
            QT_TRANSLATE_NOOP("Metrics", "Rss minus Pss in /proc/PID/smaps_rollup") } },
    { Metric::PageTableBytes,
        { "page_table_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "PAGE TABLES",
            QT_TRANSLATE_NOOP("Metrics", "Memory, page tables"),
            QT_TRANSLATE_NOOP("Metrics",
                "What the kernel needs to map the memory of its processes, beside that memory; without the second "
                "tables that KVM makes for a guest. Read every few seconds."),
            QT_TRANSLATE_NOOP("Metrics", "VmPTE in /proc/PID/status") } },
    { Metric::SwappedBytes,
        { "swapped_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "SWAPPED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, swapped out"),
            QT_TRANSLATE_NOOP("Metrics",
                "Memory of its processes that was moved to swap, in proportion where several share it. Read every few "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "SwapPss in /proc/PID/smaps_rollup") } },
    { Metric::MergedBytes,
        { "merged_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "MERGED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, merged"),
            QT_TRANSLATE_NOOP("Metrics",
                "Memory of its processes in pages that the kernel found equal and keeps once (KSM). Read every few "
                "seconds."),
            QT_TRANSLATE_NOOP(
                "Metrics", "KSM in /proc/PID/smaps_rollup; before Linux 6.8 /proc/PID/ksm_merging_pages") } },
    { Metric::MemoryPressure,
        { "memory_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "MEM WAIT",
            QT_TRANSLATE_NOOP("Metrics", "Memory wait"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which at least one of its tasks waited for memory: pressure. Read every five "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"some\" of memory.pressure of its cgroup") } },
    { Metric::DiskReadRate,
        { "disk_read_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "DISK READ",
            QT_TRANSLATE_NOOP("Metrics", "Disk, read"),
            QT_TRANSLATE_NOOP("Metrics",
                "What its processes and helper programs had read from disks; not what a "
                "cache answered."),
            QT_TRANSLATE_NOOP("Metrics",
                "rbytes in io.stat of its cgroup, lowest devices only; of processes outside of it, and of all where it "
                "lacks the io controller, read_bytes in /proc/PID/io, without the last second of one that a command "
                "started inside; else rd.bytes of libvirt's block statistics") } },
    { Metric::DiskWriteRate,
        { "disk_write_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "WRITTEN",
            QT_TRANSLATE_NOOP("Metrics", "Disk, written"),
            QT_TRANSLATE_NOOP("Metrics",
                "What its processes and helper programs caused to be written to disks, now "
                "or later."),
            QT_TRANSLATE_NOOP("Metrics",
                "wbytes in io.stat of its cgroup, lowest devices only; of processes outside of it, and of all where it "
                "lacks the io controller, write_bytes in /proc/PID/io, without the last second of one that a command "
                "started inside; else wr.bytes of libvirt's block statistics") } },
    { Metric::DiskLatency,
        { "disk_latency_seconds", MetricUnit::Seconds, MetricSide::Host, MetricKind::Rate, "LATENCY",
            QT_TRANSLATE_NOOP("Metrics", "Disk, latency"),
            QT_TRANSLATE_NOOP("Metrics",
                "How long a request of its virtual disks took from QEMU's point of view: reads, writes and flushes, "
                "the mean over five seconds."),
            QT_TRANSLATE_NOOP("Metrics", "times by reqs of rd, wr and fl in libvirt's block statistics") } },
    { Metric::DiskBlockedCores,
        { "disk_blocked_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "BLOCKED",
            QT_TRANSLATE_NOOP("Metrics", "Disk, blocked"),
            QT_TRANSLATE_NOOP("Metrics",
                "Time that threads of its processes stood still until a disk had answered, summed over them, swapping "
                "in too. Threads that end between two readings are missed. Read every ten seconds, at rest less "
                "often."),
            QT_TRANSLATE_NOOP("Metrics", "field 42 of /proc/PID/task/TID/stat: delay accounting") } },
    { Metric::IoPressure,
        { "io_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "DISK WAIT",
            QT_TRANSLATE_NOOP("Metrics", "Disk wait"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which at least one of its tasks waited for a disk: pressure. Read every five "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"some\" of io.pressure of its cgroup") } },
    { Metric::NetworkReceiveRate,
        { "network_receive_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "NET IN",
            QT_TRANSLATE_NOOP("Metrics", "Network, in"),
            QT_TRANSLATE_NOOP("Metrics", "What came in on all its interfaces but loopback, headers included."),
            QT_TRANSLATE_NOOP("Metrics",
                "/proc/PID/net/dev of its network namespace; of a VM its agent's reading of the guest's "
                "/proc/net/dev, which is the guest's word, else libvirt's interface statistics") } },
    { Metric::NetworkSendRate,
        { "network_send_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "OUT",
            QT_TRANSLATE_NOOP("Metrics", "Network, out"),
            QT_TRANSLATE_NOOP("Metrics", "What went out on all its interfaces but loopback, headers included."),
            QT_TRANSLATE_NOOP("Metrics",
                "/proc/PID/net/dev of its network namespace; of a VM its agent's reading of the guest's "
                "/proc/net/dev, which is the guest's word, else libvirt's interface statistics") } },
    { Metric::NetworkRoundTrip,
        { "network_round_trip_seconds", MetricUnit::Seconds, MetricSide::Host, MetricKind::Level, "ROUND TRIP",
            QT_TRANSLATE_NOOP("Metrics", "Network, round trip"),
            QT_TRANSLATE_NOOP("Metrics",
                "The median over its open TCP connections of how long the other end takes to answer, from where they "
                "leave this computer: without the way between the inside and its network's helper. Read every ten "
                "seconds, at rest less often."),
            QT_TRANSLATE_NOOP("Metrics",
                "tcpi_rtt of the TCP sockets that its processes and helper programs hold in this computer's network "
                "(sock_diag, INET_DIAG_INFO)") } },
    { Metric::GuestCpuCores,
        { "guest_cpu_cores", MetricUnit::Cores, MetricSide::Guest, MetricKind::Rate, "GUEST CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "Processor time as it is counted inside: what the host's figure has beyond it is the price of the "
                "hull. Never a part of the host's figures."),
            QT_TRANSLATE_NOOP("Metrics",
                "user, nice, system, irq and softirq in the guest's /proc/stat by its agent; of a container usage_usec "
                "in cpu.stat of its cgroup, without helpers") } },
    { Metric::GuestMemoryUsedBytes,
        { "guest_memory_used_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST USED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "What is used inside and could not be dropped: of a VM the guest's own count, its total without what "
                "it could still hand out. Never a part of the host's figures."),
            QT_TRANSLATE_NOOP("Metrics",
                "MemTotal minus MemAvailable of the guest's /proc/meminfo by its agent; else available minus usable "
                "of libvirt's balloon statistics; of a container memory.current without file pages and reclaimable "
                "slab") } },
    { Metric::GuestMemoryCacheBytes,
        { "guest_memory_cache_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST CACHE",
            QT_TRANSLATE_NOOP("Metrics", "Cache, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "Page cache and buffers, of a VM by the guest's own count; never a part of the host's figures."),
            QT_TRANSLATE_NOOP("Metrics",
                "Cached and Buffers of the guest's /proc/meminfo by its agent; else disk_caches of libvirt's balloon "
                "statistics; of a container file in memory.stat of its cgroup") } },
    { Metric::GuestSwapUsedBytes,
        { "guest_swap_used_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST SWAP",
            QT_TRANSLATE_NOOP("Metrics", "Swap, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "What was swapped out inside: of a VM to a swap of its own, of a container to this computer's."),
            QT_TRANSLATE_NOOP("Metrics",
                "SwapTotal minus SwapFree of the guest's /proc/meminfo by its agent; of a container "
                "memory.swap.current of its cgroup") } },
    { Metric::GuestLoadTasks,
        { "guest_load_tasks", MetricUnit::Tasks, MetricSide::Guest, MetricKind::Level, "GUEST LOAD",
            QT_TRANSLATE_NOOP("Metrics", "Load, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "How many tasks inside ran, or waited for a processor or a disk, on average over about a minute. What "
                "its processors wait for on this computer is not in it."),
            QT_TRANSLATE_NOOP("Metrics",
                "first field of the guest's /proc/loadavg by its agent; else guest-get-load of qemu-guest-agent, asked "
                "by libvirt 11.2 or later every 15 seconds") } },
    { Metric::GuestRootUsedBytes,
        { "guest_root_used_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST ROOT",
            QT_TRANSLATE_NOOP("Metrics", "Root file system, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "What the guest's root file system holds, of a VM made from an image beyond its image: what was "
                "written inside, and what the file system itself needs. On this computer it may take less or more."),
            QT_TRANSLATE_NOOP("Metrics",
                "f_blocks minus f_bfree of statvfs(3) of the guest's / by its agent; else used-bytes of / or C:\\ in "
                "guest-get-fsinfo of qemu-guest-agent, asked by libvirt every 15 seconds") } },
    { Metric::GuestRootSizeBytes,
        { "guest_root_size_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "ROOT SIZE",
            QT_TRANSLATE_NOOP("Metrics", "Root's size, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "How large the guest believes its root to be, of a VM made from an image its writable layer: a "
                "promise, "
                "this computer gives room as it is written."),
            QT_TRANSLATE_NOOP("Metrics",
                "f_blocks of statvfs(3) of the guest's / by its agent; else total-bytes of / or C:\\ in "
                "guest-get-fsinfo of qemu-guest-agent, without what is kept for root") } },
} };

constexpr std::array<HostMetricRow, kHostMetricCount> kHostCatalogue{ {
    { HostMetric::CpuShare,
        { "host_cpu_share", MetricUnit::Share, MetricSide::Host, MetricKind::Share, "CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU of this computer"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of all processors' time that was not idle and not waiting for a disk."),
            QT_TRANSLATE_NOOP("Metrics", "first line of /proc/stat") } },
    { HostMetric::MemoryUsedBytes,
        { "host_memory_used_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "USED",
            QT_TRANSLATE_NOOP("Metrics", "Memory of this computer"),
            QT_TRANSLATE_NOOP("Metrics", "All memory without what could be handed out without swapping."),
            QT_TRANSLATE_NOOP("Metrics", "MemTotal minus MemAvailable in /proc/meminfo") } },
    { HostMetric::MemoryTotalBytes,
        { "host_memory_total_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "TOTAL",
            QT_TRANSLATE_NOOP("Metrics", "All memory of this computer"),
            QT_TRANSLATE_NOOP("Metrics", "RAM that the kernel manages, without its own code and what firmware keeps."),
            QT_TRANSLATE_NOOP("Metrics", "MemTotal in /proc/meminfo") } },
    { HostMetric::CpuPressure,
        { "host_cpu_pressure_percent", MetricUnit::Percent, MetricSide::Host, MetricKind::Share, "PRESSURE",
            QT_TRANSLATE_NOOP("Metrics", "CPU pressure of this computer"),
            QT_TRANSLATE_NOOP("Metrics", "Percent of the last ten seconds in which something waited for a CPU."),
            QT_TRANSLATE_NOOP("Metrics", "avg10 in the line \"some\" of /proc/pressure/cpu") } },
    { HostMetric::OwnCpuCores,
        { "own_cpu_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "OWN CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU of Twinhull itself"),
            QT_TRANSLATE_NOOP("Metrics",
                "Processor time of all threads of this program: 1 is one core in full use. Programs that it starts are "
                "not in it: monitors, network helpers and QEMU count with their workload, and what unpacks an image is "
                "a program of its own."),
            QT_TRANSLATE_NOOP("Metrics", "clock_gettime of CLOCK_PROCESS_CPUTIME_ID") } },
    { HostMetric::OwnAnonymousBytes,
        { "own_anonymous_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "OWN ANONYMOUS",
            QT_TRANSLATE_NOOP("Metrics", "Memory of Twinhull itself, at least"),
            QT_TRANSLATE_NOOP(
                "Metrics", "RssAnon of this program, the pages that no file backs: a lower bound of what it costs."),
            QT_TRANSLATE_NOOP("Metrics", "field 2 minus field 3 of /proc/self/statm") } },
    { HostMetric::OwnPssBytes,
        { "own_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "OWN PSS",
            QT_TRANSLATE_NOOP("Metrics", "Memory of Twinhull itself"),
            QT_TRANSLATE_NOOP("Metrics",
                "Proportional set size of this program: its own pages and its share of those that other programs use "
                "as well. Read every ten seconds."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/self/smaps_rollup") } },
} };

template <typename Rows>
constexpr bool isInOrderOfItsEnum(const Rows& rows)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].metric) != i)
            return false;
    }
    return true;
}
static_assert(isInOrderOfItsEnum(kCatalogue) && isInOrderOfItsEnum(kHostCatalogue)); // about() finds by number

QString tr(const char* text)
{
    return QCoreApplication::translate("Metrics", text);
}

QString unitSentence(MetricUnit unit)
{
    switch (unit) {
    case MetricUnit::Cores:
        return tr("Unit: cores; 1 % is a hundredth of one core.");
    case MetricUnit::Bytes:
        return tr("Unit: bytes; 1 MiB is 1,048,576 of them.");
    case MetricUnit::BytesPerSecond:
        return tr("Unit: bytes per second; 1 MB/s is 1,000,000 of them.");
    case MetricUnit::PerSecond:
        return tr("Unit: times per second.");
    case MetricUnit::Seconds:
        return tr("Unit: seconds; 1 ms is a thousandth of one.");
    case MetricUnit::Share:
        return tr("Unit: percent of all processors.");
    case MetricUnit::Percent:
        return tr("Unit: percent of the time.");
    case MetricUnit::Tasks:
        return tr("Unit: tasks, which are processes and their threads.");
    }
    return {};
}

} // namespace

std::span<const MetricRow> metricCatalogue()
{
    return kCatalogue;
}

std::span<const HostMetricRow> hostMetricCatalogue()
{
    return kHostCatalogue;
}

const FigureInfo& about(Metric metric)
{
    return kCatalogue.at(static_cast<std::size_t>(metric)).about;
}

const FigureInfo& about(HostMetric metric)
{
    return kHostCatalogue.at(static_cast<std::size_t>(metric)).about;
}

QString titleOf(const FigureInfo& about)
{
    return tr(about.title);
}

QString meaningOf(const FigureInfo& about)
{
    return tr(about.meaning);
}

QString sourceOf(const FigureInfo& about)
{
    return tr(about.source);
}

QString explanationOf(const FigureInfo& about)
{
    const QString source = about.side == MetricSide::Guest ? tr("Source, the guest's word: %1.") : tr("Source: %1.");
    return QStringList{ meaningOf(about), unitSentence(about.unit), source.arg(sourceOf(about)) }.join(u'\n');
}

const char* nameOf(MetricUnit unit)
{
    switch (unit) {
    case MetricUnit::Cores:
        return "cores";
    case MetricUnit::Bytes:
        return "bytes";
    case MetricUnit::BytesPerSecond:
        return "bytes_per_second";
    case MetricUnit::PerSecond:
        return "per_second";
    case MetricUnit::Seconds:
        return "seconds";
    case MetricUnit::Share:
        return "share";
    case MetricUnit::Percent:
        return "percent";
    case MetricUnit::Tasks:
        return "tasks";
    }
    return "";
}

const char* nameOf(MetricSide side)
{
    return side == MetricSide::Host ? "host" : "guest";
}

const char* nameOf(MetricKind kind)
{
    switch (kind) {
    case MetricKind::Level:
        return "level";
    case MetricKind::Rate:
        return "rate";
    case MetricKind::Share:
        return "share";
    }
    return "";
}

} // namespace twinhull
