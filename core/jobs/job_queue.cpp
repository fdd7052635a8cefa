// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job_queue.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::ptrdiff_t kKeptFinished = 200;

} // namespace

JobQueue::JobQueue(QObject* parent) : QObject(parent) { }

JobQueue::~JobQueue() = default;

Job* JobQueue::submit(std::unique_ptr<Job> job)
{
    Job* raw = job.get();
    m_jobs.push_back(std::move(job));
    connect(raw, &Job::progressChanged, this, [this, raw] { Q_EMIT changed(raw); });
    connect(raw, &Job::stepChanged, this, [this, raw] { Q_EMIT changed(raw); });
    connect(raw, &Job::finished, this, [this, raw] { onFinished(raw); });
    Q_EMIT submitted(raw);
    // Started from the event loop, so that the caller can connect to the job first.
    QMetaObject::invokeMethod(raw, &Job::start, Qt::QueuedConnection);
    return raw;
}

std::vector<Job*> JobQueue::jobs() const
{
    std::vector<Job*> all;
    for (const auto& job : m_jobs)
        all.push_back(job.get());
    return all;
}

int JobQueue::runningCount() const
{
    return static_cast<int>(
        std::count_if(m_jobs.begin(), m_jobs.end(), [](const auto& job) { return !job->isFinished(); }));
}

void JobQueue::onFinished(Job* job)
{
    Q_EMIT changed(job);
    const auto isFinished = [](const auto& candidate) { return candidate->isFinished(); };
    if (std::count_if(m_jobs.begin(), m_jobs.end(), isFinished) <= kKeptFinished)
        return;
    const auto oldest = std::find_if(m_jobs.begin(), m_jobs.end(), isFinished);
    Q_EMIT forgotten(oldest->get());
    oldest->release()->deleteLater(); // it may be the one that is emitting
    m_jobs.erase(oldest);
}

} // namespace twinhull
