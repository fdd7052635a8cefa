// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job.h"

namespace twinhull {

Job::Job(QString title) : m_title(std::move(title)) { }

void Job::start()
{
    if (m_state != State::Pending)
        return;
    m_state = State::Running;
    doStart();
}

void Job::cancel()
{
    if (isFinished() || m_cancelRequested)
        return;
    m_cancelRequested = true;
    if (m_state == State::Running)
        doCancel();
    else
        finish(Error{ ErrorCode::Cancelled, "cancelled before it started", 0, {} });
}

void Job::setProgress(qint64 done, qint64 total)
{
    if (done == m_done && total == m_total)
        return;
    m_done = done;
    m_total = total;
    Q_EMIT progressChanged(done, total);
}

void Job::setStep(const QString& step)
{
    if (step == m_step)
        return;
    m_step = step;
    Q_EMIT stepChanged(step);
}

void Job::finish(Result<> result)
{
    if (isFinished())
        return;
    m_result = std::move(result);
    if (m_result)
        m_state = State::Succeeded;
    else
        m_state = m_cancelRequested ? State::Cancelled : State::Failed;
    Q_EMIT finished();
}

} // namespace twinhull
