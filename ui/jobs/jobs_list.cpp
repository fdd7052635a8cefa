// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobs_list.h"

#include "ui/jobs/job_output_dialog.h"
#include "ui/jobs/job_row.h"
#include "ui/jobs/remedy.h"
#include "ui/jobs/retry.h"

#include <QLabel>
#include <QVBoxLayout>

namespace twinhull {

JobsList::JobsList(JobQueue& queue, QWidget* parent)
    : QScrollArea(parent)
    , m_queue(queue)
    , m_model(queue)
    , m_empty(new QLabel(tr("Nothing was done yet. Everything that takes time is listed here."), this))
    , m_layout(nullptr)
{
    setObjectName(QStringLiteral("jobsList"));
    setAccessibleName(tr("Jobs"));
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget(this);
    content->setProperty("surface", true);
    m_layout = new QVBoxLayout(content);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    m_empty->setProperty("muted", true);
    m_empty->setObjectName(QStringLiteral("jobsEmpty"));
    m_layout->addWidget(m_empty);
    m_layout->addStretch();
    setWidget(content);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this,
        [this](const QModelIndex&, int first, int last) { insert(first, last); });
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this,
        [this](const QModelIndex&, int first, int last) { remove(first, last); });
    connect(&m_model, &QAbstractItemModel::dataChanged, this,
        [this](const QModelIndex& first, const QModelIndex& last) { refresh(first.row(), last.row()); });
    if (m_model.rowCount() > 0)
        insert(0, m_model.rowCount() - 1);
}

QSize JobsList::sizeHint() const
{
    return { 440, std::clamp(widget()->sizeHint().height(), 80, 420) };
}

void JobsList::insert(int first, int last)
{
    for (int row = first; row <= last; ++row) {
        auto* made = new JobRow(widget());
        m_layout->insertWidget(row, made);
        m_rows.insert(m_rows.begin() + row, made);
        const auto jobOf = [this, made]() -> Job* {
            const auto at = std::find(m_rows.begin(), m_rows.end(), made);
            return m_model.job(static_cast<int>(at - m_rows.begin()));
        };
        connect(made, &JobRow::cancelRequested, this, [jobOf] { jobOf()->cancel(); });
        connect(made, &JobRow::retryRequested, this, [this, jobOf] { retry(m_queue, *jobOf()); });
        connect(made, &JobRow::remedyRequested, this, [this, jobOf] { openRemedy(*jobOf()); });
        connect(made, &JobRow::outputRequested, this, [this, jobOf] { showOutput(*jobOf()); });
        made->display(m_model.index(row));
    }
    m_empty->setVisible(m_rows.empty());
}

/// The list may be in a popup, which goes.
QWidget* JobsList::mainWindow() const
{
    QWidget* top = window();
    while (top->parentWidget() != nullptr)
        top = top->parentWidget()->window();
    return top;
}

void JobsList::closePopup()
{
    if (window()->windowType() == Qt::Popup)
        window()->close();
}

void JobsList::showOutput(Job& job)
{
    JobOutputDialog::open(job, mainWindow());
    closePopup();
}

void JobsList::openRemedy(const Job& job)
{
    if (const Remedy* remedy = remedyOf(job))
        remedy->open(mainWindow());
    closePopup();
}

void JobsList::remove(int first, int last)
{
    for (int row = last; row >= first; --row) {
        m_rows[static_cast<std::size_t>(row)]->deleteLater();
        m_rows.erase(m_rows.begin() + row);
    }
    m_empty->setVisible(m_rows.empty());
}

void JobsList::refresh(int first, int last)
{
    for (int row = first; row <= last; ++row)
        m_rows[static_cast<std::size_t>(row)]->display(m_model.index(row));
}

} // namespace twinhull
