// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

/// What its inside says. Rows of the catalogue, which alone includes this.
inline constexpr std::array kGuestRows{
    MetricRow{ Metric::GuestCpuCores,
        { "guest_cpu_cores", MetricUnit::Cores, MetricSide::Guest, MetricKind::Rate, "GUEST CPU",
            QT_TRANSLATE_NOOP("Metrics", "CPU, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "Processor time as it is counted inside: what the host's figure has beyond it is the price of the "
                "hull. Never a part of the host's figures. A guest's kernel samples it by its ticks, and an emulated "
                "VM "
                "that waits for a core loses some: on a busy computer it is too low."),
            QT_TRANSLATE_NOOP("Metrics",
                "user, nice, system, irq and softirq in the guest's /proc/stat by its agent; of a container usage_usec "
                "in cpu.stat of its cgroup, without helpers") } },
    MetricRow{ Metric::GuestMemoryTotalBytes,
        { "guest_memory_total_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST HAS",
            QT_TRANSLATE_NOOP("Metrics", "Memory it has, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "What a VM's system has of memory now: what it was given at its start without what its balloon took "
                "back for this computer. A container has this computer's."),
            QT_TRANSLATE_NOOP("Metrics",
                "MemTotal of the guest's /proc/meminfo by its agent; else current of libvirt's balloon statistics") } },
    MetricRow{ Metric::GuestMemoryUsedBytes,
        { "guest_memory_used_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST USED",
            QT_TRANSLATE_NOOP("Metrics", "Memory, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "What is used inside and could not be dropped: of a VM the guest's own count, its total without what "
                "it could still hand out. Never a part of the host's figures."),
            QT_TRANSLATE_NOOP("Metrics",
                "MemTotal minus MemAvailable of the guest's /proc/meminfo by its agent; else available minus usable "
                "of libvirt's balloon statistics; of a container memory.current without file pages and reclaimable "
                "slab") } },
    MetricRow{ Metric::GuestMemoryCacheBytes,
        { "guest_memory_cache_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST CACHE",
            QT_TRANSLATE_NOOP("Metrics", "Cache, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "Page cache and buffers, of a VM by the guest's own count; never a part of the host's figures."),
            QT_TRANSLATE_NOOP("Metrics",
                "Cached and Buffers of the guest's /proc/meminfo by its agent; else disk_caches of libvirt's balloon "
                "statistics; of a container file in memory.stat of its cgroup") } },
    MetricRow{ Metric::GuestSwapUsedBytes,
        { "guest_swap_used_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST SWAP",
            QT_TRANSLATE_NOOP("Metrics", "Swap, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "What was swapped out inside: of a VM to a swap of its own, of a container to this computer's."),
            QT_TRANSLATE_NOOP("Metrics",
                "SwapTotal minus SwapFree of the guest's /proc/meminfo by its agent; of a container "
                "memory.swap.current of its cgroup") } },
    MetricRow{ Metric::GuestLoadTasks,
        { "guest_load_tasks", MetricUnit::Tasks, MetricSide::Guest, MetricKind::Level, "GUEST LOAD",
            QT_TRANSLATE_NOOP("Metrics", "Load, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "How many tasks inside ran, or waited for a processor or a disk, on average over about a minute. What "
                "its processors wait for on this computer is not in it."),
            QT_TRANSLATE_NOOP("Metrics",
                "first field of the guest's /proc/loadavg by its agent; else guest-get-load of qemu-guest-agent, asked "
                "by libvirt 11.2 or later every 15 seconds") } },
    MetricRow{ Metric::GuestRootUsedBytes,
        { "guest_root_used_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "GUEST ROOT",
            QT_TRANSLATE_NOOP("Metrics", "Root file system, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "What the guest's root file system holds, of a VM made from an image beyond its image: what was "
                "written inside, and what the file system itself needs. On this computer it may take less or more."),
            QT_TRANSLATE_NOOP("Metrics",
                "f_blocks minus f_bfree of statvfs(3) of the guest's / by its agent; else used-bytes of / or C:\\ in "
                "guest-get-fsinfo of qemu-guest-agent, asked by libvirt every 15 seconds") } },
    MetricRow{ Metric::GuestRootSizeBytes,
        { "guest_root_size_bytes", MetricUnit::Bytes, MetricSide::Guest, MetricKind::Level, "ROOT SIZE",
            QT_TRANSLATE_NOOP("Metrics", "Root's size, guest view"),
            QT_TRANSLATE_NOOP("Metrics",
                "How large the guest believes its root to be, of a VM made from an image its writable layer: a "
                "promise, "
                "this computer gives room as it is written."),
            QT_TRANSLATE_NOOP("Metrics",
                "f_blocks of statvfs(3) of the guest's / by its agent; else total-bytes of / or C:\\ in "
                "guest-get-fsinfo of qemu-guest-agent, without what is kept for root") } },
};

} // namespace twinhull
