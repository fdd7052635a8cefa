// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <functional>
#include <memory>
#include <vector>

namespace twinhull {

/// Jobs that may stand in each other's way, all at once, and those that were Busy again while any of a round succeeded.
/// Fails with the first failure, and does not take back what the others did.
class RoundsJob : public Job {
    Q_OBJECT

public:
    using MakeJob = std::function<std::unique_ptr<Job>()>; ///< once for each round

    RoundsJob(QString title, std::vector<MakeJob> makers);
    ~RoundsJob() override;

protected:
    void doStart() override;
    void doCancel() override;

private:
    void onFinished(const Job* job, const MakeJob& maker);

    std::vector<MakeJob> m_next; ///< of the next round
    std::vector<std::unique_ptr<Job>> m_jobs;
    const std::size_t m_count;
    std::size_t m_running = 0;
    std::size_t m_succeeded = 0;
    bool m_hasAnySucceeded = false;
    Result<> m_failure;
    Result<> m_busy; ///< of this round
};

} // namespace twinhull
