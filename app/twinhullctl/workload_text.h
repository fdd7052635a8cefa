// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/workload_registry.h"

#include <QJsonObject>

namespace twinhull {

QString textOf(WorkloadKind kind); ///< "container", "vm"
QString textOf(WorkloadState state); ///< "running"
QString stateText(const WorkloadInfo& info); ///< "running (healthy)", "restarting in 3 s (4.)"
QString portsText(const std::vector<PublishedPort>& ports); ///< "localhost:8080->80", "127.0.0.1:8080->80"

/// Stable names with units in them; null for what is unknown or does not apply.
QJsonObject toJson(const WorkloadInfo& info);

/// "container" or "vm"; InvalidArgument for anything else. Empty text: nothing, both kinds.
Result<std::optional<WorkloadKind>> kindFromText(const std::string& text);

/// The one workload of that name or key. NotFound when there is none, InvalidArgument when both kinds have it.
Result<WorkloadInfo> findOne(
    const WorkloadRegistry& registry, const QString& nameOrKey, std::optional<WorkloadKind> kind);
Result<std::vector<WorkloadInfo>> findEach(
    const WorkloadRegistry& registry, const std::vector<std::string>& namesOrKeys, std::optional<WorkloadKind> kind);

} // namespace twinhull
