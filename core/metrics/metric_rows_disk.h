// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"

#include <QCoreApplication>

#include <array>

namespace twinhull {

/// What it reads, writes and takes of disks. Rows of the catalogue, which alone includes this.
inline constexpr std::array kDiskRows{
    MetricRow{ Metric::DiskReadRate,
        { "disk_read_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "DISK READ",
            QT_TRANSLATE_NOOP("Metrics", "Disk, read"),
            QT_TRANSLATE_NOOP("Metrics",
                "What its processes and helper programs had read from disks; not what a "
                "cache answered."),
            QT_TRANSLATE_NOOP("Metrics",
                "rbytes in io.stat of its cgroup, lowest devices only; of processes outside of it, and of all where it "
                "lacks the io controller, read_bytes in /proc/PID/io, without the last second of one that a command "
                "started inside; else rd.bytes of libvirt's block statistics") } },
    MetricRow{ Metric::DiskWriteRate,
        { "disk_write_bytes_per_second", MetricUnit::BytesPerSecond, MetricSide::Host, MetricKind::Rate, "WRITTEN",
            QT_TRANSLATE_NOOP("Metrics", "Disk, written"),
            QT_TRANSLATE_NOOP("Metrics",
                "What its processes and helper programs caused to be written to disks, now "
                "or later."),
            QT_TRANSLATE_NOOP("Metrics",
                "wbytes in io.stat of its cgroup, lowest devices only; of processes outside of it, and of all where it "
                "lacks the io controller, write_bytes in /proc/PID/io, without the last second of one that a command "
                "started inside; else wr.bytes of libvirt's block statistics") } },
    MetricRow{ Metric::DiskReadRequestRate,
        { "disk_read_requests_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "READS",
            QT_TRANSLATE_NOOP("Metrics", "Disk, reads"),
            QT_TRANSLATE_NOOP("Metrics",
                "How often it asked a disk for data: of a container what its cgroup sent to devices, of a VM what its "
                "guest asked of its virtual disks."),
            QT_TRANSLATE_NOOP("Metrics",
                "rios in io.stat of its cgroup, lowest devices only; else rd.reqs of libvirt's block statistics") } },
    MetricRow{ Metric::DiskWriteRequestRate,
        { "disk_write_requests_per_second", MetricUnit::PerSecond, MetricSide::Host, MetricKind::Rate, "WRITES",
            QT_TRANSLATE_NOOP("Metrics", "Disk, writes"),
            QT_TRANSLATE_NOOP("Metrics", "How often it gave a disk data to keep, counted as the reads are."),
            QT_TRANSLATE_NOOP("Metrics",
                "wios in io.stat of its cgroup, lowest devices only; else wr.reqs of libvirt's block statistics") } },
    MetricRow{ Metric::DiskLatency,
        { "disk_latency_seconds", MetricUnit::Seconds, MetricSide::Host, MetricKind::Rate, "LATENCY",
            QT_TRANSLATE_NOOP("Metrics", "Disk, latency"),
            QT_TRANSLATE_NOOP("Metrics",
                "How long a request of its virtual disks took from QEMU's point of view: reads, writes and flushes, "
                "the mean over five seconds."),
            QT_TRANSLATE_NOOP("Metrics", "times by reqs of rd, wr and fl in libvirt's block statistics") } },
    MetricRow{ Metric::DiskBlockedCores,
        { "disk_blocked_cores", MetricUnit::Cores, MetricSide::Host, MetricKind::Rate, "BLOCKED",
            QT_TRANSLATE_NOOP("Metrics", "Disk, blocked"),
            QT_TRANSLATE_NOOP("Metrics",
                "Time that threads of its processes stood still until a disk had answered, summed over them, swapping "
                "in too. Threads that end between two readings are missed. Read every ten seconds, at rest less "
                "often."),
            QT_TRANSLATE_NOOP("Metrics", "field 42 of /proc/PID/task/TID/stat: delay accounting") } },
    MetricRow{ Metric::IoPressure,
        { "io_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "DISK WAIT",
            QT_TRANSLATE_NOOP("Metrics", "Disk wait"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which at least one of its tasks waited for a disk: pressure. Read every five "
                "seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"some\" of io.pressure of its cgroup") } },
    MetricRow{ Metric::IoFullPressure,
        { "io_full_pressure_share", MetricUnit::Share, MetricSide::Host, MetricKind::Rate, "DISK STALL",
            QT_TRANSLATE_NOOP("Metrics", "Disk wait of all"),
            QT_TRANSLATE_NOOP("Metrics",
                "The part of the time in which all of its tasks that had something to do waited for a disk, so that "
                "nothing of it went on: full pressure. Read every five seconds."),
            QT_TRANSLATE_NOOP("Metrics", "growth of total in the line \"full\" of io.pressure of its cgroup") } },
    MetricRow{ Metric::DiskImageBytes,
        { "disk_image_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "IMAGE",
            QT_TRANSLATE_NOOP("Metrics", "Disk, image"),
            QT_TRANSLATE_NOOP("Metrics",
                "What its image takes in the store as it was pulled: manifest, configuration and packed layers, once "
                "for all that are made from it. Read every minute while somebody looks, as the next four."),
            QT_TRANSLATE_NOOP("Metrics", "st_blocks of the image's blobs") } },
    MetricRow{ Metric::DiskLayersBytes,
        { "disk_layers_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "LAYERS",
            QT_TRANSLATE_NOOP("Metrics", "Disk, layers"),
            QT_TRANSLATE_NOOP("Metrics",
                "What it stands on and only reads, shared with others: a container's unpacked layers; of a VM its "
                "image's root disk, and the files below those that its disks are written to."),
            QT_TRANSLATE_NOOP("Metrics",
                "st_blocks of all files of the layers; of a VM of the files that libvirt's block statistics name, else "
                "their allocation") } },
    MetricRow{ Metric::DiskWritableBytes,
        { "disk_writable_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "WRITABLE",
            QT_TRANSLATE_NOOP("Metrics", "Disk, writable layer"),
            QT_TRANSLATE_NOOP("Metrics",
                "What its own layer has been given of this computer's disks: all that a container changed beside its "
                "volumes; of a VM the files that its disks are written to."),
            QT_TRANSLATE_NOOP("Metrics",
                "st_blocks of all files in its upper folder; of a VM of the files that libvirt's block statistics "
                "name, else their allocation") } },
    MetricRow{ Metric::DiskVirtualBytes,
        { "disk_virtual_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "VIRTUAL",
            QT_TRANSLATE_NOOP("Metrics", "Disk, virtual size"),
            QT_TRANSLATE_NOOP("Metrics",
                "How large a VM's disks that can be written say they are: what they could come to take, beside what "
                "the writable layer takes now."),
            QT_TRANSLATE_NOOP("Metrics", "capacity of those disks in libvirt's block statistics") } },
    MetricRow{ Metric::DiskVolumeBytes,
        { "disk_volume_bytes", MetricUnit::Bytes, MetricSide::Host, MetricKind::Level, "VOLUMES",
            QT_TRANSLATE_NOOP("Metrics", "Disk, volumes"),
            QT_TRANSLATE_NOOP("Metrics",
                "What the named volumes that it mounts take; they outlive it, and others may mount them, too."),
            QT_TRANSLATE_NOOP("Metrics", "st_blocks of all files of the volumes in its settings") } },
};

} // namespace twinhull
