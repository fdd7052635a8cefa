// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"

#include <QPushButton>

namespace twinhull {

/// At the right of the top bar: the running job with its progress; a click opens the list of all.
class JobsButton : public QPushButton {
    Q_OBJECT

public:
    explicit JobsButton(JobQueue& queue, QWidget* parent = nullptr);

private:
    void refresh();
    void openList();

    JobQueue& m_queue;
};

} // namespace twinhull
