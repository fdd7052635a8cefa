// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_output_dialog.h"

#include "core/jobs/job.h"
#include "ui/jobs/job_output.h"
#include "ui/jobs/job_text.h"
#include "ui/theme/theme.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kOutputPadding = 16;
constexpr QSize kOutputSize(760, 480);
constexpr int kOutputMilliseconds = 100;
constexpr int kMostOutputLines = 20'000;

} // namespace

void JobOutputDialog::open(Job& job, QWidget* parent)
{
    for (auto* dialog : parent->findChildren<JobOutputDialog*>()) {
        if (dialog->m_job == &job) {
            dialog->raise();
            dialog->activateWindow();
            return;
        }
    }
    auto* dialog = new JobOutputDialog(job, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

JobOutputDialog::JobOutputDialog(Job& job, QWidget* parent)
    : QDialog(parent)
    , m_job(&job)
    , m_output(outputOf(job))
    , m_text(new QLabel)
    , m_view(new QPlainTextEdit)
    , m_cancel(nullptr)
{
    setWindowTitle(job.title());
    setObjectName(QStringLiteral("jobOutputDialog"));
    setUp();
    connect(&job, &Job::stepChanged, this, &JobOutputDialog::tell);
    connect(&job, &Job::finished, this, [this] {
        m_timer.stop();
        drain();
        tell();
    });
    connect(&m_timer, &QTimer::timeout, this, &JobOutputDialog::drain);
    if (!job.isFinished())
        m_timer.start(kOutputMilliseconds);
    drain();
    tell();
}

void JobOutputDialog::setUp()
{
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setProperty("muted", true);
    m_text->setObjectName(QStringLiteral("jobOutputText"));
    m_view->setReadOnly(true);
    m_view->setTabChangesFocus(true);
    m_view->setMaximumBlockCount(kMostOutputLines);
    m_view->setFont(Theme::current().monospaceFont());
    m_view->setAccessibleName(tr("What its programs say"));
    m_view->setObjectName(QStringLiteral("jobOutputView"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_cancel = buttons->addButton(tr("Cancel job"), QDialogButtonBox::ActionRole);
    m_cancel->setObjectName(QStringLiteral("jobOutputCancel"));
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_job)
            m_job->cancel();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kOutputPadding, kOutputPadding, kOutputPadding, kOutputPadding);
    layout->setSpacing(kOutputPadding);
    layout->addWidget(m_text);
    layout->addWidget(m_view, 1);
    layout->addWidget(buttons);
    resize(kOutputSize);
}

/// Follows the end while it is in sight.
void JobOutputDialog::drain()
{
    if (!m_output)
        return;
    const auto piece = m_output->from(m_shown);
    m_shown = piece.end;
    if (piece.isCut)
        m_view->appendPlainText(tr("[more came than could be shown]") + u'\n');
    if (piece.text.empty())
        return;
    auto* bar = m_view->verticalScrollBar();
    const bool isAtEnd = bar->value() == bar->maximum();
    QTextCursor cursor(m_view->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(plainText(piece.text));
    if (isAtEnd)
        bar->setValue(bar->maximum());
}

void JobOutputDialog::tell()
{
    if (!m_job)
        return;
    m_text->setText(jobStepText(*m_job));
    m_cancel->setEnabled(!m_job->isFinished());
}

} // namespace twinhull
