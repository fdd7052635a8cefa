// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/parallel_job.h"

namespace twinhull {

ParallelJob::ParallelJob(QString title, std::vector<std::unique_ptr<Job>> jobs)
    : Job(std::move(title)), m_jobs(std::move(jobs))
{
}

ParallelJob::~ParallelJob() = default;

void ParallelJob::doStart()
{
    m_running = m_jobs.size();
    if (m_jobs.empty())
        finish({});
    for (const auto& job : m_jobs) {
        connect(job.get(), &Job::stepChanged, this, &ParallelJob::setStep);
        connect(job.get(), &Job::finished, this, [this, raw = job.get()] { onFinished(raw); });
    }
    for (const auto& job : m_jobs)
        job->start();
}

void ParallelJob::doCancel()
{
    for (const auto& job : m_jobs)
        job->cancel();
}

void ParallelJob::onFinished(const Job* job)
{
    if (job->state() != State::Succeeded && m_failure)
        m_failure = job->result();
    setProgress(static_cast<qint64>(m_jobs.size() - --m_running), static_cast<qint64>(m_jobs.size()));
    if (m_running == 0)
        finish(std::move(m_failure));
}

} // namespace twinhull
