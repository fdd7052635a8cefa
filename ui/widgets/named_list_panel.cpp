// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/named_list_panel.h"

#include "core/jobs/job_queue.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/list_view.h"
#include "ui/widgets/property_style.h"

#include <QAction>
#include <QLabel>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

namespace twinhull {

namespace {

constexpr int kSilenceGap = 4;

} // namespace

NamedListPanel::NamedListPanel(JobQueue& jobs, const Words& words, QWidget* parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_list(new ListView(words.listName))
    , m_stack(new QStackedWidget)
    , m_whenEmpty(words.whenEmpty)
    , m_empty(new QLabel(words.whenEmpty))
    , m_silenceLine(new QLabel)
{
    m_list->setObjectName(words.objectName);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("muted", true);
    m_empty->setWordWrap(true);
    m_empty->setTextFormat(Qt::PlainText);
    m_silenceLine->setObjectName(words.objectName + QStringLiteral("Silence"));
    m_silenceLine->setProperty("warning", true);
    m_silenceLine->setWordWrap(true);
    m_silenceLine->setTextFormat(Qt::PlainText);
    m_silenceLine->hide();
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSilenceGap);
    layout->addWidget(m_silenceLine);
    layout->addWidget(m_stack, 1);
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
    if (m_silence.isEmpty())
        m_empty->setText(text);
}

void NamedListPanel::setSilence(const QString& sentence, const QString& details)
{
    if (sentence == m_silence && details == m_silenceDetails)
        return;
    const bool wasSilent = !m_silence.isEmpty();
    m_silence = sentence;
    m_silenceDetails = details;
    m_empty->setText(sentence.isEmpty() ? m_whenEmpty
            : details.isEmpty()         ? sentence
                                        : sentence + QStringLiteral("\n\n") + details);
    m_silenceLine->setText(sentence);
    m_silenceLine->setToolTip(details);
    setStyleProperty(*m_list, "muted", !sentence.isEmpty());
    if (wasSilent) {
        for (QAction* action : m_actions)
            action->setEnabled(true); // those of one that is chosen are judged below
    }
    refreshActions();
}

void NamedListPanel::abandonReading()
{
    m_mustReadAgain = false;
    m_isRead = false;
    if (!m_reading)
        return;
    Job* job = m_reading.release();
    job->disconnect(this);
    job->setParent(this); // it may hang
    connect(job, &Job::finished, job, &QObject::deleteLater);
    job->cancel();
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
    if (!reading.job)
        return;
    m_reading = std::move(reading.job);
    if (!m_isRead)
        m_empty->setText(tr("Reading…"));
    connect(m_reading.get(), &Job::finished, this, [this, show = std::move(reading.show)] {
        Job* job = m_reading.release();
        job->deleteLater(); // it is still telling that it finished
        m_isRead = true;
        setEmptyText(m_whenEmpty);
        if (job->result())
            showKeepingChoice(show);
        else if (m_silence.isEmpty())
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
    const bool isEmpty = m_list->model()->rowCount() == 0;
    m_stack->setCurrentIndex(isEmpty ? 0 : 1);
    m_silenceLine->setVisible(!isEmpty && !m_silence.isEmpty());
    enableActions();
    for (QAction* action : m_actions) {
        if (!m_silence.isEmpty())
            action->setEnabled(false);
    }
}

void NamedListPanel::submit(std::unique_ptr<Job> job)
{
    connect(m_jobs.submit(std::move(job)), &Job::finished, this, &NamedListPanel::refresh);
}

} // namespace twinhull
