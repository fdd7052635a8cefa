// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"

#include <QWidget>

class QLabel;
class QStackedWidget;

namespace twinhull {

/// The top of the window: the bar of the page that is shown (its title where it has none), the jobs at the right.
class TopBar : public QWidget {
    Q_OBJECT

public:
    explicit TopBar(JobQueue& jobs, QWidget* parent = nullptr);

    /// `bar` may be null; then the title is shown. A bar shown once stays owned by this.
    void present(const QString& title, QWidget* bar);

private:
    QStackedWidget* m_bars;
    QLabel* m_title;
};

} // namespace twinhull
