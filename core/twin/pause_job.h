// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"

#include <chrono>

namespace twinhull {

/// Lets a workload be for a stated time: part of what is measured, not a way to wait for something.
class PauseJob : public Job {
    Q_OBJECT

public:
    PauseJob(QString title, std::chrono::milliseconds duration);

protected:
    void doStart() override;
    void doCancel() override;

private:
    std::chrono::milliseconds m_duration;
};

} // namespace twinhull
