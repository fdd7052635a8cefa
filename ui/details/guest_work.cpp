// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/guest_work.h"

#include "core/base/text.h"
#include "core/twin/command_words.h"
#include "ui/details/guest_tab.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/property_style.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kMostShownBytes = std::size_t(256) << 10U;
constexpr int kLabelWidth = 88;
constexpr int kOutputHeight = 140;

QLabel* rowLabel(const QString& text, QWidget* of)
{
    auto* label = new QLabel(text);
    label->setProperty("muted", true);
    label->setMinimumWidth(kLabelWidth);
    label->setBuddy(of);
    return label;
}

/// A guest's text as it is, but without what moves a cursor or turns the direction of writing.
QString shownOutput(const std::string& bytes)
{
    QString text = QString::fromUtf8(bytes.data(), static_cast<qsizetype>(std::min(bytes.size(), kMostShownBytes)));
    for (QChar& character : text) {
        const bool isControl
            = character.category() == QChar::Other_Control || character.category() == QChar::Other_Format;
        if (isControl && character != u'\n' && character != u'\t')
            character = u'?';
    }
    if (bytes.size() > kMostShownBytes)
        text += u'\n' + GuestWork::tr("… the rest is not shown");
    return text;
}

} // namespace

GuestWork::GuestWork(AppContext& context, QWidget* parent) : Card(tr("Files and commands"), parent), m_context(context)
{
    setObjectName(QStringLiteral("guestWork"));
    setRemark(tr("by qemu-guest-agent, as its user: single files, no terminal"));
    body()->setSpacing(6);
    addFileRow();
    addCommandRow();
    m_note = new QLabel(this);
    m_note->setObjectName(QStringLiteral("guestWorkNote"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->hide();
    m_output = new QPlainTextEdit(this);
    m_output->setObjectName(QStringLiteral("guestOutput"));
    m_output->setAccessibleName(tr("What the command said"));
    m_output->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_output->setReadOnly(true);
    m_output->setTabChangesFocus(true);
    m_output->setMinimumHeight(kOutputHeight);
    m_output->hide();
    body()->addWidget(m_note);
    body()->addWidget(m_output, 1);
    showButtons();
}

void GuestWork::addFileRow()
{
    m_path = new QLineEdit(this);
    m_path->setObjectName(QStringLiteral("guestPath"));
    m_path->setAccessibleName(tr("Path inside"));
    m_path->setPlaceholderText(tr("/etc/hostname to download; a folder or a new name to upload to"));
    m_download = new QPushButton(tr("Download…"), this);
    m_download->setObjectName(QStringLiteral("guestDownload"));
    m_upload = new QPushButton(tr("Upload…"), this);
    m_upload->setObjectName(QStringLiteral("guestUpload"));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(rowLabel(tr("&Path inside"), m_path));
    row->addWidget(m_path, 1);
    row->addWidget(m_download);
    row->addWidget(m_upload);
    body()->addLayout(row);
    connect(m_path, &QLineEdit::textChanged, this, &GuestWork::showButtons);
    connect(m_download, &QPushButton::clicked, this, &GuestWork::askForTarget);
    connect(m_upload, &QPushButton::clicked, this, &GuestWork::askForSource);
}

void GuestWork::addCommandRow()
{
    m_command = new QLineEdit(this);
    m_command->setObjectName(QStringLiteral("guestCommand"));
    m_command->setAccessibleName(tr("Command"));
    m_command->setPlaceholderText(tr("uname -a; for a shell's words: sh -c '…'"));
    m_run = new QPushButton(tr("Run"), this);
    m_run->setObjectName(QStringLiteral("guestRun"));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(rowLabel(tr("&Command"), m_command));
    row->addWidget(m_command, 1);
    row->addWidget(m_run);
    body()->addLayout(row);
    connect(m_command, &QLineEdit::textChanged, this, &GuestWork::showButtons);
    connect(m_command, &QLineEdit::returnPressed, m_run, &QPushButton::click);
    connect(m_run, &QPushButton::clicked, this, &GuestWork::runOrStop);
}

void GuestWork::present(const WorkloadInfo& info)
{
    const bool isOther = info.id != m_info.id;
    m_info = info;
    if (isOther) {
        m_running = nullptr; // it goes on in the list of jobs
        m_output->hide();
        m_output->clear();
        m_note->hide();
    }
    showButtons();
}

void GuestWork::showButtons()
{
    m_download->setEnabled(!m_path->text().isEmpty());
    m_upload->setEnabled(!m_path->text().isEmpty());
    m_run->setEnabled(m_running || !m_command->text().trimmed().isEmpty());
    m_run->setText(m_running ? tr("Stop") : tr("Run"));
}

void GuestWork::askForTarget()
{
    auto* dialog = new QFileDialog(this, tr("Download to"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave); // asks before it replaces
    dialog->selectFile(QFileInfo(m_path->text()).fileName());
    connect(dialog, &QFileDialog::fileSelected, this, &GuestWork::downloadTo);
    dialog->open();
}

void GuestWork::askForSource()
{
    auto* dialog = new QFileDialog(this, tr("Upload to %1").arg(m_path->text()));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &GuestWork::uploadFrom);
    dialog->open();
}

void GuestWork::downloadTo(const QString& target)
{
    auto* guest = GuestTab::guestOf(m_context, m_info);
    if (guest == nullptr)
        return;
    const auto outcome = std::make_shared<GuestFileOutcome>();
    const GuestFileCopy copy{ m_path->text().toStdString(), target.toStdString() };
    tell(tr("Downloading… The list of jobs shows how far it is."), {}, false);
    tellEnd(submitWithRetry(
                m_context.jobs, [guest, info = m_info, copy, outcome] { return guest->copyOut(info, copy, outcome); }),
        [this, outcome](const Job& job) {
            if (job.state() == Job::State::Succeeded)
                tell(
                    tr("%1 are in %2 now.")
                        .arg(byteCountText(static_cast<double>(outcome->bytes)), QString::fromStdString(outcome->path)),
                    {}, false);
            else
                tellFailure(job);
        });
}

void GuestWork::uploadFrom(const QString& source)
{
    auto* guest = GuestTab::guestOf(m_context, m_info);
    if (guest == nullptr)
        return;
    const auto outcome = std::make_shared<GuestFileOutcome>();
    const GuestFileCopy copy{ source.toStdString(), m_path->text().toStdString() };
    tell(tr("Uploading… The list of jobs shows how far it is."), {}, false);
    tellEnd(submitWithRetry(
                m_context.jobs, [guest, info = m_info, copy, outcome] { return guest->copyIn(info, copy, outcome); }),
        [this, outcome](const Job& job) {
            if (job.state() == Job::State::Succeeded)
                tell(
                    tr("%1 are in %2 inside now.")
                        .arg(byteCountText(static_cast<double>(outcome->bytes)), QString::fromStdString(outcome->path)),
                    {}, false);
            else
                tellFailure(job);
        });
}

void GuestWork::runOrStop()
{
    if (m_running) {
        m_running->cancel();
        return;
    }
    auto* guest = GuestTab::guestOf(m_context, m_info);
    const auto words = commandWords(m_command->text());
    if (guest == nullptr || !words || words->isEmpty()) {
        if (!words)
            tell(errorParagraph(words.error()), QString::fromStdString(words.error().message), true);
        return;
    }
    GuestProgram program;
    for (const QString& word : *words)
        program.arguments.push_back(word.toStdString());
    const auto outcome = std::make_shared<GuestProgramOutcome>();
    m_output->hide();
    tell(tr("It runs; what it says comes at its end."), {}, false);
    m_running = m_context.jobs.submit(guest->run(m_info, std::move(program), outcome));
    tellEnd(m_running, [this, outcome](const Job& job) {
        m_running = nullptr;
        showOutcome(job, *outcome);
        showButtons();
    });
    showButtons();
}

void GuestWork::showOutcome(const Job& job, const GuestProgramOutcome& outcome)
{
    if (job.state() != Job::State::Succeeded) {
        tellFailure(job);
        return;
    }
    const auto& command = outcome.command;
    const QString duration = QString::fromStdString(formatDuration(command.duration));
    tell(tr("It ended with status %1 after %2.").arg(command.exitStatus).arg(duration), {}, command.exitStatus != 0);
    QString said = shownOutput(command.output);
    if (!command.errorOutput.empty())
        said += (said.isEmpty() || said.endsWith(u'\n') ? QString() : QStringLiteral("\n"))
            + shownOutput(command.errorOutput);
    m_output->setPlainText(said);
    m_output->setVisible(!said.isEmpty());
}

void GuestWork::tellEnd(Job* job, std::function<void(const Job&)> tell)
{
    connect(job, &Job::finished, this, [this, job, id = m_info.id, tell = std::move(tell)] {
        if (id == m_info.id)
            tell(*job);
    });
}

void GuestWork::tellFailure(const Job& job)
{
    if (job.state() == Job::State::Cancelled)
        tell(tr("Cancelled."), {}, false);
    else
        tell(errorParagraph(job.result().error()), QString::fromStdString(job.result().error().message), true);
}

void GuestWork::tell(const QString& sentence, const QString& details, bool isProblem)
{
    setStyleProperty(*m_note, "warning", isProblem);
    setStyleProperty(*m_note, "muted", !isProblem);
    m_note->setText(details.isEmpty() ? sentence : details + u'\n' + sentence);
    m_note->show();
}

} // namespace twinhull
