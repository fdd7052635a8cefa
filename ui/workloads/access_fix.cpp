// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/access_fix.h"

#include "core/jobs/job_queue.h"
#include "core/workload/machine_access.h"
#include "core/workload/workload_connection.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/remedy.h"
#include "ui/widgets/error_text.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

namespace {

using Obstacles = std::vector<AccessObstacle>;

QString accessWord(const char* text)
{
    return QCoreApplication::translate("AccessFix", text);
}

/// Null where its host is gone by now.
MachineAccess* accessOf(const AppContext& context, const WorkloadInfo& machine)
{
    auto* has = dynamic_cast<HasMachineAccess*>(providerOf(context.workloads, machine.id));
    return has != nullptr ? &has->access() : nullptr;
}

QMessageBox* makeAccessBox(const QString& title, const QString& text, QWidget* window)
{
    auto* box = new QMessageBox(window);
    box->setObjectName(QStringLiteral("accessFix"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText); // names of files are in it
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->setWindowTitle(title);
    box->setText(text);
    return box;
}

QString obstacleLines(const Obstacles& obstacles)
{
    QStringList lines;
    for (const auto& obstacle : obstacles)
        lines
            << QStringLiteral("%1 %2: %3.\n%4").arg(obstacle.role, obstacle.file, obstacle.sentence, obstacle.command);
    return lines.join(QStringLiteral("\n\n"));
}

void showObstacles(AppContext& context, const WorkloadInfo& machine, const Obstacles& obstacles, QWidget* window)
{
    const QString title = accessWord(QT_TRANSLATE_NOOP("AccessFix", "The files of %1")).arg(machine.name);
    if (obstacles.empty()) {
        auto* box = makeAccessBox(title,
            accessWord(QT_TRANSLATE_NOOP("AccessFix", "It comes to all of its files, as far as can be seen.")), window);
        box->addButton(QMessageBox::Close);
        box->open();
        return;
    }
    QStringList folders;
    for (const auto& obstacle : obstacles) {
        if (obstacle.isSafe)
            folders << obstacle.place;
    }
    auto* box = makeAccessBox(title, obstacleLines(obstacles), window);
    box->addButton(folders.isEmpty() ? QMessageBox::Close : QMessageBox::Cancel);
    if (!folders.isEmpty()) {
        box->setInformativeText(
            accessWord(QT_TRANSLATE_NOOP("AccessFix",
                           "It can be let pass through %1: by an access list, for it alone, and it does not see what "
                           "else is in there."))
                .arg(folders.join(QStringLiteral(", "))));
        auto* pass = box->addButton(accessWord(QT_TRANSLATE_NOOP("AccessFix", "Let it pass")), QMessageBox::AcceptRole);
        pass->setObjectName(QStringLiteral("accessFixPass"));
        QObject::connect(pass, &QPushButton::clicked, box, [&context, machine, folders] {
            if (auto* access = accessOf(context, machine))
                context.jobs.submit(access->letThrough(machine, folders));
        });
    }
    box->open();
}

} // namespace

void offerAccessFix(Job& job, AppContext& context, const WorkloadInfo& machine)
{
    if (accessOf(context, machine) == nullptr)
        return;
    attachRemedy(job,
        { ErrorCode::PermissionDenied, accessWord(QT_TRANSLATE_NOOP("AccessFix", "Fix access…")),
            [&context, machine](QWidget* window) { openAccessFix(context, machine, window); } });
}

void openAccessFix(AppContext& context, const WorkloadInfo& machine, QWidget* window)
{
    auto* access = accessOf(context, machine);
    if (access == nullptr)
        return;
    const auto obstacles = std::make_shared<Obstacles>();
    Job* reading = access->readObstacles(machine, obstacles).release();
    reading->setParent(window);
    QObject::connect(reading, &Job::finished, window, [&context, machine, obstacles, reading, window] {
        reading->deleteLater();
        if (reading->state() == Job::State::Succeeded)
            return showObstacles(context, machine, *obstacles, window);
        auto* box = makeAccessBox(reading->title(), errorParagraph(reading->result().error()), window);
        box->addButton(QMessageBox::Close);
        box->open();
    });
    reading->start();
}

} // namespace twinhull
