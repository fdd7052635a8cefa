// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <QSignalSpy>

#include <chrono>

namespace twinhull::test {

/// Starts the job and turns the event loop until it finished. The result is a copy, the job stays the caller's.
inline Result<> runJob(Job& job, std::chrono::milliseconds deadline = std::chrono::seconds(100))
{
    QSignalSpy finished(&job, &Job::finished);
    job.start();
    if (!job.isFinished() && !finished.wait(static_cast<int>(deadline.count())))
        return Error{ ErrorCode::Timeout,
            "job did not finish: " + job.title().toStdString() + " (" + job.step().toStdString() + ")", 0, {} };
    return job.result();
}

} // namespace twinhull::test
