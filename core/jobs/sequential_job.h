// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <functional>
#include <memory>
#include <vector>

namespace twinhull {

/// Jobs one after the other; stops at the first that fails and then runs the undo functions of the finished steps, last
/// first.
class SequentialJob : public Job {
    Q_OBJECT

public:
    using MakeJob = std::function<std::unique_ptr<Job>()>; ///< called when its turn comes; null means nothing to do
    using Undo
        = std::function<std::unique_ptr<Job>()>; ///< makes the job that takes a finished step back; may return null

    explicit SequentialJob(QString title);
    ~SequentialJob() override;

    void add(MakeJob make, Undo undo = {});

protected:
    void doStart() override;
    void doCancel() override;

private:
    struct Step {
        MakeJob make;
        Undo undo;
    };

    void runNext();
    void onStepFinished();
    void undoFrom(std::size_t count);
    void run(std::unique_ptr<Job> job, std::function<void()> then);
    void dropCurrent();

    std::vector<Step> m_steps;
    std::size_t m_next = 0;
    std::size_t m_toUndo = 0;
    bool m_isUndoing = false;
    std::unique_ptr<Job> m_current;
    Result<> m_failure;
};

} // namespace twinhull
