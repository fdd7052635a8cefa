// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/containers/monitor_connection.h"
#include "core/workload/workload_info.h"

#include <QObject>

#include <memory>
#include <optional>

namespace twinhull {

/// One container as the folder, its monitor and the kernel show it. Lives on the GUI thread.
class Container : public QObject {
    Q_OBJECT

public:
    Container(ContainerFolder folder, ContainerSettings settings);

    const ContainerFolder& folder() const { return m_folder; }
    const ContainerSettings& settings() const { return m_settings; }
    const WorkloadInfo& info() const { return m_info; }
    /// Its monitor was asked and has not answered yet: the state is Unknown.
    bool isAwaited() const { return m_monitor && !m_status; }

    /// Looks at it, unless its monitor keeps us told: knocks, else reads the exit record.
    void follow();
    /// The same, and its settings are read again.
    void refresh();
    /// What a monitor that was started just now reported.
    void adoptStatus(const MonitorStatus& status);
    /// Somebody wrote other limits into its cgroup.
    void readLimits() { publish(baseInfo()); }
    /// Between request and report, and while a stop is under way; nothing when that has passed.
    void setPassing(std::optional<WorkloadState> state);

Q_SIGNALS:
    void changed();
    /// Something of its latest run is left, and nobody looks after it.
    void orphaned();

private:
    void readSettings();
    bool connectToMonitor();
    void onReply(const Result<MonitorStatus>& reply);
    void onClosed();
    void readRest();
    void publish(WorkloadInfo info);
    WorkloadInfo baseInfo() const;

    ContainerFolder m_folder;
    ContainerSettings m_settings;
    WorkloadInfo m_info;
    std::optional<MonitorStatus> m_status;
    std::optional<WorkloadState> m_passing;
    std::unique_ptr<MonitorConnection> m_monitor;
};

} // namespace twinhull
