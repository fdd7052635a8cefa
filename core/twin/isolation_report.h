// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/isolation/isolation_view.h"
#include "core/workload/workload_info.h"

#include <QJsonObject>

namespace twinhull {

/// The three views that isolation is told from.
struct IsolationViews {
    IsolationView host; ///< of this program: what is shared is what is alike
    /// Of the process on this computer that stands for the workload: the container's first one, or QEMU. For a VM it is
    /// what a guest meets that breaks out.
    Result<IsolationView> outside = Error{ ErrorCode::NotFound, "it does not run", 0, {} };
    /// Of a process inside; what the workload chooses to say.
    Result<IsolationView> inside = Error{ ErrorCode::NotFound, "it does not run", 0, {} };
};

/// One question about one workload, answered from both sides.
struct IsolationRow {
    QString key; ///< "kernel", "user" …: the same for all workloads, in the same order
    QString title;
    QString explanation;
    QString summary; ///< a few words for a table cell; empty where nothing could be read
    QString inside; ///< a line; where it could not be read, why, in parentheses
    QString outside;
    QString source; ///< the files that both sides read
};

/// The rows of one workload: kernel, user, namespaces, capabilities, system calls, new privileges, security label,
/// devices, processes, mounts, and what a breakout would have to pass.
std::vector<IsolationRow> isolationReport(const WorkloadInfo& info, const IsolationViews& views);

/// {"name", "kind", "inside": view or {"error", "hint"}, "outside": likewise, "rows": [{"key", "title", "summary",
/// "inside", "outside", "meaning", "source"}]}
QJsonObject isolationJson(const WorkloadInfo& info, const IsolationViews& views);

} // namespace twinhull
