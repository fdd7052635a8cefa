// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_options.h"
#include "core/workload/workload_info.h"

namespace twinhull {

/// What memory.max, cpu.max and pids.max of a cgroup v2 folder say, whoever wrote it there; `asked` where there is no
/// such file, and where the kernel only rounded it (memory to pages, CPU to microseconds of a period).
ResourceLimits limitsIn(const QString& cgroupPath, const ResourceLimits& asked);

/// The texts of the files of WorkloadInfo::fineLimits that are there; of the others as `asked`.
QMap<QString, QString> fineLimitsIn(const QString& cgroupPath, QMap<QString, QString> asked);

/// What such a file would say, as far as settings tell: of a container that does not run.
QMap<QString, QString> fineLimitsOf(const ContainerFineLimits& limits);

/// The files of both that are there. The kernel tells inotify(7) of each write to them.
QStringList limitFilesIn(const QString& cgroupPath);

} // namespace twinhull
