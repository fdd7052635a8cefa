// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QPointer>
#include <QTimer>

#include <cstdint>
#include <memory>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace twinhull {

class Job;
class JobOutput;

/// What the programs of a job say, while it runs and afterwards. The job goes on when this is closed.
class JobOutputDialog : public QDialog {
    Q_OBJECT

public:
    /// Of a job with output (ui/jobs/job_output.h); one that is open for it already comes to the front.
    static void open(Job& job, QWidget* parent);

    explicit JobOutputDialog(Job& job, QWidget* parent = nullptr);

private:
    void setUp();
    void drain();
    void tell();

    QPointer<Job> m_job; ///< the list of jobs forgets old ones
    std::shared_ptr<const JobOutput> m_output;
    QLabel* m_text;
    QPlainTextEdit* m_view;
    QPushButton* m_cancel;
    QTimer m_timer;
    std::uint64_t m_shown = 0;
};

} // namespace twinhull
