// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/rounds_job.h"

#include <utility>

namespace twinhull {

RoundsJob::RoundsJob(QString title, std::vector<MakeJob> makers)
    : Job(std::move(title)), m_next(std::move(makers)), m_count(m_next.size())
{
}

RoundsJob::~RoundsJob() = default;

void RoundsJob::doStart()
{
    const std::vector<MakeJob> makers = std::exchange(m_next, {});
    m_running = makers.size();
    m_hasAnySucceeded = false;
    m_busy = {};
    if (makers.empty())
        return finish({});
    std::vector<Job*> round;
    for (const MakeJob& maker : makers) {
        m_jobs.push_back(maker());
        Job* job = m_jobs.back().get();
        connect(job, &Job::stepChanged, this, &RoundsJob::setStep);
        connect(job, &Job::finished, this, [this, job, maker] { onFinished(job, maker); });
        round.push_back(job);
    }
    for (Job* job : round)
        job->start();
}

void RoundsJob::doCancel()
{
    for (const auto& job : m_jobs)
        job->cancel();
}

void RoundsJob::onFinished(const Job* job, const MakeJob& maker)
{
    const bool isBusy = job->state() == State::Failed && job->result().error().code == ErrorCode::Busy;
    if (job->state() == State::Succeeded) {
        m_hasAnySucceeded = true;
        setProgress(static_cast<qint64>(++m_succeeded), static_cast<qint64>(m_count));
    } else if (isBusy) {
        m_next.push_back(maker);
        if (m_busy)
            m_busy = job->result();
    } else if (m_failure) {
        m_failure = job->result();
    }
    if (--m_running > 0)
        return;
    if (!m_next.empty() && m_hasAnySucceeded && !isCancelRequested())
        return doStart();
    finish(m_failure ? std::move(m_busy) : std::move(m_failure));
}

} // namespace twinhull
