// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/jobs_model.h"

#include <QScrollArea>

#include <vector>

class QLabel;
class QVBoxLayout;

namespace twinhull {

class JobRow;

/// All jobs, newest first, each with its buttons.
class JobsList : public QScrollArea {
    Q_OBJECT

public:
    explicit JobsList(JobQueue& queue, QWidget* parent = nullptr);

    QSize sizeHint() const override;

private:
    void insert(int first, int last);
    void showOutput(Job& job);
    void openRemedy(const Job& job);
    QWidget* mainWindow() const;
    void closePopup();
    void remove(int first, int last);
    void refresh(int first, int last);

    JobQueue& m_queue;
    JobsModel m_model;
    QLabel* m_empty;
    QVBoxLayout* m_layout;
    std::vector<JobRow*> m_rows; ///< as in the model
};

} // namespace twinhull
