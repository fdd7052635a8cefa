// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/container.h"
#include "core/jobs/job.h"

#include <QPointer>
#include <QTimer>

#include <chrono>
#include <vector>

namespace twinhull {

/// Asks a container's monitor for something and succeeds when the container is in one of the states that it leads to;
/// at once when it is there already.
/// Without such states it succeeds with the answer.
class MonitorJob : public Job {
    Q_OBJECT

public:
    MonitorJob(QString title, Container* container, const MonitorRequest& request, std::vector<WorkloadState> goal,
        std::chrono::milliseconds deadline);

protected:
    void doStart() override;

private:
    bool isAtGoal() const;
    void onReply(const Result<MonitorStatus>& reply);
    void onChanged();

    QPointer<Container> m_container;
    MonitorRequest m_request;
    std::vector<WorkloadState> m_goal;
    QTimer m_deadline;
    std::unique_ptr<MonitorConnection> m_monitor;
};

} // namespace twinhull
