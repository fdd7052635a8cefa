// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <memory>
#include <vector>

namespace twinhull {

/// Jobs that do not need each other, all at once. Ends when the last one has; fails with the first failure, and does
/// not take back what the others did: for steps that can stand alone (stop both, remove both).
class ParallelJob : public Job {
    Q_OBJECT

public:
    ParallelJob(QString title, std::vector<std::unique_ptr<Job>> jobs);
    ~ParallelJob() override;

protected:
    void doStart() override;
    void doCancel() override;

private:
    void onFinished(const Job* job);

    std::vector<std::unique_ptr<Job>> m_jobs;
    std::size_t m_running = 0;
    Result<> m_failure;
};

} // namespace twinhull
