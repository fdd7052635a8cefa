// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/named_list_panel.h"

#include "core/jobs/job_queue.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QLabel>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

namespace twinhull {

NamedListPanel::NamedListPanel(JobQueue& jobs, const Words& words, QWidget* parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_list(new ListView(words.listName))
    , m_stack(new QStackedWidget)
    , m_whenEmpty(words.whenEmpty)
    , m_empty(new QLabel(words.whenEmpty))
{
    m_list->setObjectName(words.objectName);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("muted", true);
    m_empty->setWordWrap(true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
}

NamedListPanel::~NamedListPanel() = default;

void NamedListPanel::setModel(QAbstractItemModel& model)
{
    m_list->setModel(&model);
    connect(m_list, &ListView::chosenChanged, this, &NamedListPanel::refreshActions);
    connect(&model, &QAbstractItemModel::modelReset, this, &NamedListPanel::refreshActions);
    refreshActions();
}

QAction* NamedListPanel::addAction(const QString& text, const char* objectName, std::function<void()> function)
{
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1String(objectName));
    if (function)
        connect(action, &QAction::triggered, this, std::move(function));
    m_list->addAction(action);
    m_actions.push_back(action);
    return action;
}

void NamedListPanel::setEmptyText(const QString& text)
{
    m_whenEmpty = text;
    m_empty->setText(text);
}

QModelIndex NamedListPanel::chosen() const
{
    return m_list->chosen();
}

QString NamedListPanel::chosenName() const
{
    return chosen().isValid() ? chosen().siblingAtColumn(0).data().toString() : QString();
}

QString NamedListPanel::usersText(const QStringList& users)
{
    return users.isEmpty() ? QString() : tr("It is used by %1").arg(users.join(QStringLiteral(", ")));
}

void NamedListPanel::refresh()
{
    if (m_reading) {
        m_mustReadAgain = true; // what is read just now may be older than what was done meanwhile
        return;
    }
    Reading reading = read();
    m_reading = std::move(reading.job);
    connect(m_reading.get(), &Job::finished, this, [this, show = std::move(reading.show)] {
        Job* job = m_reading.release();
        job->deleteLater(); // it is still telling that it finished
        m_empty->setText(m_whenEmpty);
        if (job->result())
            showKeepingChoice(show);
        else
            m_empty->setText(errorParagraph(job->result().error()));
        if (std::exchange(m_mustReadAgain, false))
            refresh();
    });
    m_reading->start();
}

void NamedListPanel::showKeepingChoice(const std::function<void()>& show)
{
    const QString name = chosenName();
    show();
    const QAbstractItemModel& model = *m_list->model();
    for (int row = 0; row < model.rowCount(); ++row) {
        if (!name.isEmpty() && model.index(row, 0).data().toString() == name)
            m_list->selectRow(row);
    }
}

void NamedListPanel::refreshActions()
{
    m_stack->setCurrentIndex(m_list->model()->rowCount() == 0 ? 0 : 1);
    enableActions();
}

void NamedListPanel::submit(std::unique_ptr<Job> job)
{
    connect(m_jobs.submit(std::move(job)), &Job::finished, this, &NamedListPanel::refresh);
}

} // namespace twinhull
