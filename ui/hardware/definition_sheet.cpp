// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/definition_sheet.h"

#include "core/jobs/job_queue.h"
#include "ui/widgets/error_text.h"

#include <QMessageBox>

namespace twinhull {

namespace {

void tellUnread(const Job& reading, QWidget* window)
{
    auto* box = new QMessageBox(
        QMessageBox::Warning, reading.title(), errorParagraph(reading.result().error()), QMessageBox::Close, window);
    box->setObjectName(QStringLiteral("definitionUnread"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->open();
}

void openSheet(JobQueue& jobs, const DefinitionWish& wish, const QByteArray& xml, QWidget* window)
{
    auto* dialog = new DefinitionDialog(wish.words, xml, window);
    const auto outcome = std::make_shared<DefinitionOutcome>();
    defineFrom(
        *dialog, jobs,
        [wish, before = xml, outcome](const QByteArray& after) -> std::unique_ptr<Job> {
            auto* definitions = wish.definitions();
            return definitions != nullptr ? definitions->define(wish.name, { after, before }, outcome) : nullptr;
        },
        [wish, outcome] {
            wish.changed();
            return outcome->pendingReason;
        });
    dialog->open();
}

} // namespace

void defineFrom(DefinitionDialog& dialog, JobQueue& jobs,
    std::function<std::unique_ptr<Job>(const QByteArray& xml)> define, std::function<QString()> pendingReason)
{
    QObject::connect(&dialog, &DefinitionDialog::defineRequested, &dialog,
        [&dialog, &jobs, define = std::move(define), pendingReason = std::move(pendingReason)](const QByteArray& xml) {
            auto work = define(xml);
            if (!work)
                return dialog.reject();
            Job* job = jobs.submit(std::move(work));
            QObject::connect(job, &Job::finished, &dialog, [&dialog, job, pendingReason] {
                if (job->state() == Job::State::Succeeded)
                    dialog.showDefined(pendingReason());
                else
                    dialog.showProblem(errorParagraph(job->result().error()), job->result().error().message);
            });
        });
}

void openNamedDefinition(JobQueue& jobs, const DefinitionWish& wish, QWidget* window)
{
    auto* definitions = wish.definitions();
    if (definitions == nullptr)
        return;
    const auto read = std::make_shared<NamedDefinition>();
    Job* reading = definitions->readDefinition(wish.name, read).release();
    reading->setParent(window);
    QObject::connect(reading, &Job::finished, window, [&jobs, wish, read, reading, window] {
        reading->deleteLater();
        if (reading->state() == Job::State::Succeeded)
            openSheet(jobs, wish, read->definedXml, window);
        else
            tellUnread(*reading, window);
    });
    reading->start();
}

} // namespace twinhull
