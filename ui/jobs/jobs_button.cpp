// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobs_button.h"

#include "ui/jobs/job_text.h"
#include "ui/jobs/jobs_list.h"

#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kLongestText = 44;
constexpr int kListWidth = 440;

} // namespace

JobsButton::JobsButton(JobQueue& queue, QWidget* parent) : QPushButton(parent), m_queue(queue)
{
    setObjectName(QStringLiteral("jobsButton"));
    setAccessibleName(tr("Jobs"));
    connect(this, &QPushButton::clicked, this, &JobsButton::openList);
    connect(&queue, &JobQueue::submitted, this, &JobsButton::refresh);
    connect(&queue, &JobQueue::changed, this, &JobsButton::refresh);
    refresh();
}

void JobsButton::refresh()
{
    const QString summary = jobsSummary(m_queue);
    setToolTip(summary);
    setAccessibleDescription(summary);
    const bool isLong = summary.size() > kLongestText;
    setText((isLong ? summary.left(kLongestText - 1) + QChar(u'…') : summary) + QStringLiteral(" ▾"));
}

void JobsButton::openList()
{
    auto* popup = new QFrame(this, Qt::Popup);
    popup->setObjectName(QStringLiteral("jobsPopup"));
    popup->setAccessibleName(tr("Jobs"));
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->setProperty("card", true);
    auto* layout = new QVBoxLayout(popup);
    layout->setContentsMargins(1, 4, 1, 4);
    layout->addWidget(new JobsList(m_queue, popup));
    popup->setFixedWidth(kListWidth);
    popup->adjustSize();
    popup->move(mapToGlobal(QPoint(width() - popup->width(), height() + 4)));
    popup->show();
}

} // namespace twinhull
