// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <memory>
#include <vector>

namespace twinhull {

/// Owns the jobs of a program: runs each at once, keeps the finished ones for reading. GUI thread.
class JobQueue : public QObject {
    Q_OBJECT

public:
    explicit JobQueue(QObject* parent = nullptr);
    ~JobQueue() override;

    /// Takes and starts the job. The pointer stays valid until forgotten() names it.
    Job* submit(std::unique_ptr<Job> job);

    std::vector<Job*> jobs() const; ///< oldest first
    int runningCount() const;

Q_SIGNALS:
    void submitted(twinhull::Job* job);
    void changed(twinhull::Job* job); ///< progress or state
    void forgotten(twinhull::Job* job); ///< about to be deleted: only the latest 200 finished jobs are kept

private:
    void onFinished(Job* job);

    std::vector<std::unique_ptr<Job>> m_jobs;
};

} // namespace twinhull
