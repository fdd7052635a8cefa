// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

/// What it takes of memory. Rows of the catalogue, which alone includes this.
inline constexpr std::array kMemoryRows{
    MetricRow{ Metric::ResidentBytes,
        { "resident_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "RESIDENT",
            QT_TRANSLATE_NOOP("Metrics", "Memory, resident"),
            QT_TRANSLATE_NOOP("Metrics",
                "Anonymous and shared memory of all its processes and helper programs that is in RAM now; without "
                "file pages, and shared memory counts once for each process that maps it. Read every ten seconds "
                "where a cgroup counts the rest."),
            QT_TRANSLATE_NOOP("Metrics",
                "RssAnon + RssShmem: fields 2 and 3 of /proc/PID/statm and RssShmem of /proc/PID/status") } },
    MetricRow{ Metric::CgroupChargeBytes,
        { "cgroup_charge_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "CHARGE",
            QT_TRANSLATE_NOOP("Metrics", "Memory, charged"),
            QT_TRANSLATE_NOOP("Metrics",
                "What the kernel charges to its cgroup and holds against its limit, with kernel memory and file cache "
                "that is in use; without cache that can be dropped, and without helpers outside of the cgroup."),
            QT_TRANSLATE_NOOP("Metrics", "memory.current minus inactive_file in memory.stat of its cgroup") } },
    MetricRow{ Metric::KernelChargeBytes,
        { "kernel_charge_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "KERNEL",
            QT_TRANSLATE_NOOP("Metrics", "Memory, kernel"),
            QT_TRANSLATE_NOOP(
                "Metrics", "The part of its cgroup's charge that the kernel keeps: page tables, stacks, inodes."),
            QT_TRANSLATE_NOOP("Metrics",
                "kernel in memory.stat of its cgroup; before Linux 5.18 kernel_stack, pagetables, percpu and slab") } },
    MetricRow{ Metric::PssBytes,
        { "pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "PSS",
            QT_TRANSLATE_NOOP("Metrics", "Memory, host cost"),
            QT_TRANSLATE_NOOP("Metrics",
                "Proportional set size of all its processes and helper programs: a page that several processes share "
                "is split among them. Read every ten seconds, at rest less often."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/PID/smaps_rollup") } },
    MetricRow{ Metric::RamPssBytes,
        { "ram_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "RAM",
            QT_TRANSLATE_NOOP("Metrics", "Memory, the machine's"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the host cost that backs memory of the virtual machine: what its guest has touched and "
                "not given back, video memory and firmware. Read with the host cost."),
            QT_TRANSLATE_NOOP("Metrics",
                "Pss of the mappings in /proc/PID/smaps of QEMU that VmFlags says are not copied on fork (dc), as QEMU "
                "asks for its memory blocks") } },
    MetricRow{ Metric::QemuOwnPssBytes,
        { "qemu_own_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "QEMU OWN",
            QT_TRANSLATE_NOOP("Metrics", "Memory, QEMU's own"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the host cost that QEMU needs beside the machine's memory: program, tables, buffers."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/PID/smaps_rollup of QEMU minus the machine's memory") } },
    MetricRow{ Metric::HelperPssBytes,
        { "helper_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "HELPER MEM",
            QT_TRANSLATE_NOOP("Metrics", "Memory, helpers"),
            QT_TRANSLATE_NOOP("Metrics", "The part of the host cost that programs beside it need: the same as of CPU."),
            QT_TRANSLATE_NOOP("Metrics", "Pss in /proc/PID/smaps_rollup of its helper programs") } },
    MetricRow{ Metric::AnonymousPssBytes,
        { "anonymous_pss_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "ANONYMOUS",
            QT_TRANSLATE_NOOP("Metrics", "Memory, anonymous"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the host cost that no file backs: heaps, stacks, a machine's memory; without helpers."),
            QT_TRANSLATE_NOOP("Metrics", "Pss_Anon in /proc/PID/smaps_rollup") } },
    MetricRow{ Metric::SharedBytes,
        { "shared_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "SHARED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, shared"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the pages its processes use that is counted to others who use them too: resident size "
                "without proportional set size. Read every few seconds."),
            QT_TRANSLATE_NOOP("Metrics", "Rss minus Pss in /proc/PID/smaps_rollup") } },
    MetricRow{ Metric::PageTableBytes,
        { "page_table_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "PAGE TABLES",
            QT_TRANSLATE_NOOP("Metrics", "Memory, page tables"),
            QT_TRANSLATE_NOOP("Metrics",
                "What the kernel needs to map the memory of its processes, beside that memory; without the second "
                "tables that KVM makes for a guest. Read every few seconds."),
            QT_TRANSLATE_NOOP("Metrics", "VmPTE in /proc/PID/status") } },
    MetricRow{ Metric::SwappedBytes,
        { "swapped_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "SWAPPED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, swapped out"),
            QT_TRANSLATE_NOOP("Metrics",
                "Memory of its processes that was moved to swap, in proportion where several share it. Read every few "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "SwapPss in /proc/PID/smaps_rollup") } },
    MetricRow{ Metric::MergedBytes,
        { "merged_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "MERGED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, merged"),
            QT_TRANSLATE_NOOP("Metrics",
                "Memory of its processes in pages that the kernel found equal and keeps once (KSM). Read every few "
                "seconds."),
            QT_TRANSLATE_NOOP(
                "Metrics", "KSM in /proc/PID/smaps_rollup; before Linux 6.8 /proc/PID/ksm_merging_pages") } },
    MetricRow{ Metric::MemoryPressure,
        { "memory_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "MEM WAIT",
            QT_TRANSLATE_NOOP("Metrics", "Memory wait"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which at least one of its tasks waited for memory: pressure. Read every five "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"some\" of memory.pressure of its cgroup") } },
    MetricRow{ Metric::MemoryFullPressure,
        { "memory_full_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "MEM STALL",
            QT_TRANSLATE_NOOP("Metrics", "Memory wait of all"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which all of its tasks that had something to do waited for memory, so that "
                "nothing of it went on: full pressure. Read every five seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"full\" of memory.pressure of its cgroup") } },
};

} // namespace twinhull
