// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_row.h"

#include "core/jobs/job.h"
#include "ui/jobs/job_text.h"
#include "ui/jobs/jobs_model.h"
#include "ui/theme/theme.h"
#include "ui/widgets/property_style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace twinhull {

JobRow::JobRow(QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel(this))
    , m_state(new QLabel(this))
    , m_step(new QLabel(this))
    , m_details(new QLabel(this))
    , m_progress(new QProgressBar(this))
{
    setObjectName(QStringLiteral("jobRow"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(4);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    layout->addLayout(head);
    head->addWidget(m_title, 1);
    head->addWidget(m_state);
    m_state->setProperty("muted", true);
    m_cancel = addButton(tr("Cancel"), QStringLiteral("cancelJob"));
    m_remedy = addButton(QString(), QStringLiteral("jobRemedy"));
    m_retry = addButton(tr("Retry"), QStringLiteral("retryJob"));
    m_output = addButton(tr("Output…"), QStringLiteral("jobOutput"));
    m_output->setToolTip(tr("What the programs that it runs say"));
    m_showDetails = addButton(tr("Details"), QStringLiteral("jobDetails"));
    m_showDetails->setCheckable(true);
    for (auto* button : { m_cancel, m_remedy, m_retry, m_output, m_showDetails })
        head->addWidget(button);
    m_step->setWordWrap(true);
    m_step->setProperty("muted", true);
    m_step->setProperty("small", true);
    layout->addWidget(m_step);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress"));
    layout->addWidget(m_progress);
    m_details->setWordWrap(true);
    m_details->setFont(Theme::current().monospaceFont());
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_details->hide();
    layout->addWidget(m_details);
    connect(m_cancel, &QPushButton::clicked, this, &JobRow::cancelRequested);
    connect(m_retry, &QPushButton::clicked, this, &JobRow::retryRequested);
    connect(m_remedy, &QPushButton::clicked, this, &JobRow::remedyRequested);
    connect(m_output, &QPushButton::clicked, this, &JobRow::outputRequested);
    connect(m_showDetails, &QPushButton::toggled, m_details, &QLabel::setVisible);
}

QPushButton* JobRow::addButton(const QString& text, const QString& name)
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    button->setProperty("flat", true);
    button->setProperty("small", true);
    return button;
}

void JobRow::display(const QModelIndex& index)
{
    const auto state = static_cast<Job::State>(index.data(JobsModel::StateRole).toInt());
    const bool isRunning = state == Job::State::Running || state == Job::State::Pending;
    const bool isFailed = state == Job::State::Failed;
    const double progress = index.data(JobsModel::ProgressRole).toDouble();
    const QString details = index.data(JobsModel::DetailsRole).toString();
    const QString stateWord = jobStateText(state);
    const QString step = index.data(JobsModel::StepRole).toString();
    m_title->setText(index.data().toString());
    m_state->setText(stateWord);
    setStyleProperty(*m_state, "error", isFailed);
    m_step->setText(step);
    m_step->setVisible(step != stateWord);
    m_progress->setVisible(isRunning);
    m_progress->setRange(0, progress < 0 ? 0 : 1000);
    if (progress >= 0)
        m_progress->setValue(static_cast<int>(progress * 1000));
    m_details->setText(details);
    m_cancel->setVisible(isRunning);
    const QString remedy = index.data(JobsModel::RemedyRole).toString();
    m_remedy->setText(remedy);
    m_remedy->setVisible(!remedy.isEmpty());
    m_retry->setVisible(index.data(JobsModel::CanRetryRole).toBool());
    m_output->setVisible(index.data(JobsModel::HasOutputRole).toBool());
    m_showDetails->setVisible(!details.isEmpty());
    setAccessibleName(index.data().toString() + QStringLiteral(": ") + stateWord);
}

} // namespace twinhull
