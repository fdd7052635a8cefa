// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/text_file_dialog.h"

#include "core/jobs/job_queue.h"
#include "ui/widgets/error_text.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QStringDecoder>
#include <QTextBlock>
#include <QTextDocument>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr QSize kDialogSize{ 720, 520 };

std::optional<QString> decoded(const std::string& text)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString result = decoder.decode(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    return decoder.hasError() || result.contains(QChar(0)) ? std::nullopt : std::optional(result);
}

} // namespace

TextFileDialog::TextFileDialog(
    AppContext& context, InsideFiles files, std::string path, const InsideText& text, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_files(std::move(files))
    , m_path(std::move(path))
    , m_edit(new QPlainTextEdit(this))
    , m_note(new QLabel(this))
    , m_save(new QPushButton(tr("Save"), this))
    , m_readAgain(new QPushButton(tr("Read again"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("textFileDialog"));
    setWindowTitle(shownFileName(m_path) + QStringLiteral("[*]"));
    resize(kDialogSize);
    m_edit->setObjectName(QStringLiteral("textFileEdit"));
    m_edit->setAccessibleName(tr("Text of %1").arg(shownFileName(m_path)));
    m_edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_edit->setTabChangesFocus(false);
    m_note->setObjectName(QStringLiteral("textFileNote"));
    m_note->setWordWrap(true);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setProperty("muted", true);
    m_save->setObjectName(QStringLiteral("textFileSave"));
    m_save->setProperty("primary", true);
    auto* closing = new QPushButton(tr("Close"), this);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_note, 1);
    buttons->addWidget(m_readAgain);
    buttons->addWidget(closing);
    buttons->addWidget(m_save);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_edit, 1);
    layout->addLayout(buttons);
    for (QPushButton* button : { m_save, m_readAgain, closing })
        button->setAutoDefault(false);
    connect(m_edit->document(), &QTextDocument::modificationChanged, this, &TextFileDialog::presentState);
    connect(m_save, &QPushButton::clicked, this, &TextFileDialog::save);
    connect(m_readAgain, &QPushButton::clicked, this, &TextFileDialog::readAgain);
    connect(closing, &QPushButton::clicked, this, &TextFileDialog::reject);
    connect(new QShortcut(QKeySequence::Save, this), &QShortcut::activated, this, &TextFileDialog::save);
    showText(text);
}

/// Only what would be written back as it was can be edited: an editor has its own idea of lines and blanks.
void TextFileDialog::showText(const InsideText& text)
{
    m_text = text;
    const auto words = decoded(text.text);
    m_hasReturns = words && words->contains(QStringLiteral("\r\n"));
    m_edit->setPlainText(words.value_or(QString::fromUtf8(text.text.data(), static_cast<qsizetype>(text.text.size()))));
    m_edit->document()->setModified(false);
    const bool isKept = words && edited() == text.text;
    m_edit->setReadOnly(!isKept);
    m_note->setText(isKept ? QString()
            : words        ? tr("Only to read: its line ends or blanks would not stay as they are.")
                           : tr("Only to read: this is no UTF-8 text. Download it to work on it."));
    presentState();
}

std::string TextFileDialog::edited() const
{
    QString text;
    for (QTextBlock block = m_edit->document()->begin(); block.isValid(); block = block.next()) {
        if (block != m_edit->document()->begin())
            text += m_hasReturns ? QStringLiteral("\r\n") : QStringLiteral("\n");
        text += block.text();
    }
    return text.toStdString();
}

void TextFileDialog::presentState()
{
    const bool isModified = m_edit->document()->isModified();
    m_save->setEnabled(isModified && !m_isSaving && !m_edit->isReadOnly());
    m_readAgain->setEnabled(!m_isSaving);
    setWindowModified(isModified);
}

void TextFileDialog::save()
{
    if (!m_save->isEnabled())
        return;
    const auto after = std::make_shared<InsideText>();
    m_isSaving = true;
    presentState();
    const std::string text = edited();
    Job* job = m_context.jobs.submit(m_files.writeText(m_path, m_text, text, after));
    connect(job, &Job::finished, this, [this, job, after, text] {
        m_isSaving = false;
        if (job->result()) {
            m_text = *after;
            m_edit->document()->setModified(edited() != text); // typed on meanwhile
            m_note->setText(tr("Saved."));
            Q_EMIT saved();
        } else {
            m_note->setText(errorParagraph(job->result().error()));
        }
        presentState();
    });
}

void TextFileDialog::readAgain()
{
    const auto text = std::make_shared<InsideText>();
    m_isSaving = true;
    presentState();
    Job* job = m_context.jobs.submit(m_files.readText(m_path, text));
    connect(job, &Job::finished, this, [this, job, text] {
        m_isSaving = false;
        if (job->result())
            showText(*text);
        else
            m_note->setText(errorParagraph(job->result().error()));
        presentState();
    });
}

void TextFileDialog::reject()
{
    if (!m_edit->document()->isModified()) {
        QDialog::reject();
        return;
    }
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(shownFileName(m_path));
    box->setText(tr("Leave what you changed unsaved?"));
    auto* leave = box->addButton(tr("Discard changes"), QMessageBox::DestructiveRole);
    box->addButton(tr("Go on editing"), QMessageBox::RejectRole);
    connect(leave, &QPushButton::clicked, this, [this] { QDialog::reject(); });
    box->open();
}

} // namespace twinhull
