// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobs_model.h"

#include "ui/jobs/job_output.h"
#include "ui/jobs/job_text.h"
#include "ui/jobs/remedy.h"
#include "ui/jobs/retry.h"

#include <algorithm>

namespace twinhull {

JobsModel::JobsModel(JobQueue& queue, QObject* parent) : QAbstractListModel(parent), m_jobs(queue.jobs())
{
    connect(&queue, &JobQueue::submitted, this, &JobsModel::add);
    connect(&queue, &JobQueue::changed, this, &JobsModel::tellChanged);
    connect(&queue, &JobQueue::forgotten, this, &JobsModel::forget);
}

Job* JobsModel::job(int row) const
{
    return m_jobs[m_jobs.size() - 1 - static_cast<std::size_t>(row)];
}

int JobsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_jobs.size());
}

QVariant JobsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Job& at = *job(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return at.title();
    case StateRole:
        return static_cast<int>(at.state());
    case StepRole:
        return jobStepText(at);
    case ProgressRole:
        return jobProgress(at);
    case DetailsRole:
        return jobDetails(at);
    case CanRetryRole:
        return canRetry(at);
    case RemedyRole: {
        const Remedy* remedy = remedyOf(at);
        return remedy != nullptr ? remedy->label : QString();
    }
    case HasOutputRole: {
        const auto output = outputOf(at);
        return output != nullptr && !output->isEmpty();
    }
    default:
        return {};
    }
}

void JobsModel::add(Job* job)
{
    if (std::find(m_jobs.begin(), m_jobs.end(), job) != m_jobs.end())
        return;
    beginInsertRows({}, 0, 0);
    m_jobs.push_back(job);
    endInsertRows();
}

void JobsModel::forget(Job* job)
{
    const auto found = std::find(m_jobs.begin(), m_jobs.end(), job);
    if (found == m_jobs.end())
        return;
    const int row = static_cast<int>(m_jobs.end() - found) - 1;
    beginRemoveRows({}, row, row);
    m_jobs.erase(found);
    endRemoveRows();
}

void JobsModel::tellChanged(Job* job)
{
    const auto found = std::find(m_jobs.begin(), m_jobs.end(), job);
    if (found == m_jobs.end())
        return;
    const QModelIndex at = index(static_cast<int>(m_jobs.end() - found) - 1);
    Q_EMIT dataChanged(at, at);
}

} // namespace twinhull
