// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

namespace twinhull {

QString kindText(WorkloadKind kind); ///< "Container", "VM"
QString stateText(WorkloadState state); ///< "running"
QString stateText(const WorkloadInfo& info); ///< "restarting", "unhealthy" too
QString healthText(Health health); ///< "healthy"
QString addressText(const PublishedPort& port); ///< "localhost:8080"
QString urlText(const PublishedPort& port); ///< "http://localhost:8080"
const PublishedPort* webPort(const WorkloadInfo& info); ///< the first that a browser could ask; null where none is
QString startupMarkText(const QString& markName); ///< what happened at that moment, for a person

/// Time since the workload was started; empty when it does not run.
QString uptimeText(const WorkloadInfo& info, const QDateTime& now);

} // namespace twinhull
