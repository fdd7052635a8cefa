// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job_queue.h"
#include "ui/files/file_table.h"
#include "ui/files/files_tab.h"
#include "ui/files/text_file_dialog.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fields_dialog.h"

#include <QAction>
#include <QFileDialog>
#include <QMessageBox>
#include <QPushButton>
#include <QTemporaryDir>

namespace twinhull {

namespace {

const QString kFileName = QStringLiteral("Name");

FieldsDialog::Verdict judgeFileName(const FieldsDialog::Values& values)
{
    const bool isGood = isCarriedName(values[kFileName].toStdString());
    return { isGood || values[kFileName].isEmpty() ? QString()
                                                   : QObject::tr("A name has no slash and at most 255 bytes."),
        isGood };
}

} // namespace

void FilesTab::change(const std::function<std::unique_ptr<Job>(const InsideFiles&)>& make)
{
    const auto inside = files();
    if (!inside)
        return;
    Job* job = submitWithRetry(m_context.jobs, [inside = *inside, make] { return make(inside); });
    connect(job, &Job::finished, this, &FilesTab::readHere);
}

void FilesTab::upload()
{
    auto* dialog = new QFileDialog(this, tr("Upload into %1").arg(shownFileName(m_path)));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &FilesTab::uploadAll);
    dialog->open();
}

void FilesTab::uploadAll(const QStringList& paths)
{
    for (const QString& path : paths)
        change([source = path.toStdString(), folder = m_path](const InsideFiles& inside) {
            return inside.upload(source, folder, std::make_shared<CopyOutcome>());
        });
}

void FilesTab::download()
{
    if (!m_download->isEnabled())
        return;
    auto* dialog = new QFileDialog(this, tr("Download to"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &FilesTab::downloadTo);
    dialog->open();
}

void FilesTab::downloadTo(const QString& folder)
{
    const auto inside = files();
    for (const auto& file : inside ? chosen() : std::vector<ListedFile>()) {
        submitWithRetry(m_context.jobs, [inside = *inside, path = pathOf(file), target = folder.toStdString() + "/"] {
            return inside.download(path, target, std::make_shared<CopyOutcome>());
        });
    }
}

/// What another program takes must be here first: small things are before the button is let go of, and what came too
/// late goes at once the next time.
void FilesTab::dragOut()
{
    const auto inside = files();
    const auto dragged = chosen();
    if (!inside || dragged.empty())
        return;
    m_dragged = std::make_unique<QTemporaryDir>();
    const auto urls = std::make_shared<QList<QUrl>>();
    const auto left = std::make_shared<std::size_t>(dragged.size());
    for (const auto& file : dragged) {
        Job* job = m_context.jobs.submit(
            inside->download(pathOf(file), m_dragged->path().toStdString() + "/", std::make_shared<CopyOutcome>()));
        const QString here = m_dragged->filePath(QFile::decodeName(QByteArray::fromStdString(file.name)));
        connect(job, &Job::finished, this, [this, job, here, urls, left] {
            if (job->result())
                urls->append(QUrl::fromLocalFile(here));
            if (--*left == 0 && !urls->isEmpty())
                m_table->dragNow(*urls);
        });
    }
}

void FilesTab::makeFolder()
{
    auto* dialog = new FieldsDialog({ tr("New folder"), tr("Make folder"), QStringLiteral("fileDialog") },
        { { kFileName, tr("Name") } }, &judgeFileName, this);
    connect(dialog, &FieldsDialog::chosen, this, [this](const FieldsDialog::Values& values) {
        change([path = pathBelow(m_path, values[kFileName].toStdString())](
                   const InsideFiles& inside) { return inside.makeFolder(path); });
    });
    dialog->open();
}

void FilesTab::renameChosen()
{
    if (!m_rename->isEnabled())
        return;
    const std::string before = pathOf(chosen().front());
    auto* dialog = new FieldsDialog({ tr("Rename"), tr("Rename"), QStringLiteral("fileDialog") },
        { { kFileName, tr("Name"), Field::Kind::Text, shownFileName(chosen().front().name) } }, &judgeFileName, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, before, folder = m_path](const FieldsDialog::Values& values) {
        change([before, after = pathBelow(folder, values[kFileName].toStdString())](
                   const InsideFiles& inside) { return inside.rename(before, after); });
    });
    dialog->open();
}

void FilesTab::askToRemove()
{
    const auto files = chosen();
    if (!m_remove->isEnabled() || files.empty())
        return;
    std::vector<std::string> paths;
    for (const auto& file : files)
        paths.push_back(pathOf(file));
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("confirmFileRemoval"));
    box->setWindowTitle(tr("Delete files"));
    box->setTextFormat(Qt::PlainText);
    box->setText(files.size() == 1 ? tr("Delete %1 in %2?").arg(shownFileName(paths.front()), m_info.name)
                                   : tr("Delete these %1 in %2?").arg(files.size()).arg(m_info.name));
    box->setInformativeText(tr("With all that is in it. It cannot be brought back."));
    auto* yes = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, paths] {
        for (const auto& path : paths)
            change([path](const InsideFiles& inside) { return inside.remove(path); });
    });
    box->open();
}

void FilesTab::edit()
{
    const auto inside = files();
    const auto chosenFiles = chosen();
    if (!inside || chosenFiles.size() != 1)
        return;
    const auto text = std::make_shared<InsideText>();
    const std::string path = pathOf(chosenFiles.front());
    Job* job = m_context.jobs.submit(inside->readText(path, text));
    connect(job, &Job::finished, this, [this, job, inside = *inside, path, text] {
        if (!job->result())
            return; // the list of jobs tells why
        auto* dialog = new TextFileDialog(m_context, inside, path, *text, this);
        connect(dialog, &TextFileDialog::saved, this, &FilesTab::readHere);
        dialog->open();
    });
}

} // namespace twinhull
