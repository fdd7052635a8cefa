// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/container.h"
#include "core/jobs/job.h"

#include <QPointer>
#include <QTimer>

#include <memory>

namespace twinhull {

/// What a checkpoint needs of this computer; PermissionDenied or Unavailable with the next step.
Result<> checkpointAvailability();

/// Has the container's monitor make a checkpoint. Succeeds when it is whole and the container shows what it is now;
/// cancelled, it has the monitor give up and ends when the container goes on.
class CheckpointJob : public Job {
    Q_OBJECT

public:
    CheckpointJob(QString title, Container* container, const CheckpointChoice& choice);

protected:
    void doStart() override;
    void doCancel() override;

private:
    void onReply(const Result<MonitorStatus>& reply);
    void onOutcome(const MonitorStatus& status);
    void onClosed();
    void finishWhenShown();
    bool isShown() const;
    void fail(const Error& error);

    QPointer<Container> m_container;
    MonitorRequest m_request;
    std::unique_ptr<MonitorConnection> m_monitor;
    QTimer m_patience; ///< until the container shows it
    bool m_hasBegun = false;
    bool m_isDone = false;
};

} // namespace twinhull
