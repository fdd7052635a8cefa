// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <memory>

namespace twinhull {

/// Another job, whose failure does not matter.
class ForgivingJob : public Job {
    Q_OBJECT

public:
    explicit ForgivingJob(std::unique_ptr<Job> job) : Job(job->title()), m_job(std::move(job)) { }

protected:
    void doStart() override
    {
        connect(m_job.get(), &Job::finished, this, [this] {
            const bool isCancelled = m_job->state() == State::Cancelled;
            finish(isCancelled ? m_job->result() : Result<>());
        });
        m_job->start();
    }
    void doCancel() override { m_job->cancel(); }

private:
    std::unique_ptr<Job> m_job;
};

} // namespace twinhull
