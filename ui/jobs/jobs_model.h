// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"

#include <QAbstractListModel>

namespace twinhull {

/// The jobs of the queue, newest first.
class JobsModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        StateRole = Qt::UserRole, ///< int of Job::State
        StepRole, ///< what it does now; the sentence of its failure once it failed
        ProgressRole, ///< 0..1; -1 while unknown or not running
        DetailsRole, ///< the technical chain of a failure
        CanRetryRole,
        HasOutputRole, ///< its programs said something
        RemedyRole, ///< what the button says that may help; empty: there is none
    };

    explicit JobsModel(JobQueue& queue, QObject* parent = nullptr);

    Job* job(int row) const;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    void add(Job* job);
    void forget(Job* job);
    void tellChanged(Job* job);

    std::vector<Job*> m_jobs; ///< oldest first; owned by the queue
};

} // namespace twinhull
