// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_exporter.h"

#include "core/base/files.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/thread_job.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>

namespace twinhull {

namespace {

constexpr unsigned kReadableMode = 0644;

std::unique_ptr<Job> writeJob(const QString& path, const QByteArray& content)
{
    const QString title = QCoreApplication::translate("CompareExporter", "Export %1").arg(QFileInfo(path).fileName());
    return std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [path = path.toStdString(), content](JobContext&) {
            return writeFileAtomically(
                path, { content.constData(), static_cast<std::size_t>(content.size()) }, kReadableMode)
                .withContext("export");
        });
}

} // namespace

void saveByJob(QWidget* parent, JobQueue& jobs, SavableFile file)
{
    auto* dialog = new QFileDialog(parent, QCoreApplication::translate("CompareExporter", "Export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QString ending = QFileInfo(file.suggestedName).suffix();
    dialog->setDefaultSuffix(ending);
    dialog->setNameFilter(QStringLiteral("%1 (*.%2)").arg(file.kind, ending));
    dialog->selectFile(file.suggestedName);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent,
        [&jobs, file = std::move(file)](const QString& path) { jobs.submit(writeJob(path, file.content())); });
    dialog->open();
}

} // namespace twinhull
