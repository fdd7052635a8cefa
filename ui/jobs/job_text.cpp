// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_text.h"

#include "ui/widgets/error_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("JobText", text);
}

bool isRunning(const Job& job)
{
    return job.state() == Job::State::Running || job.state() == Job::State::Pending;
}

QString activityOf(const Job& job)
{
    const double progress = jobProgress(job);
    QString text = job.title();
    if (progress >= 0)
        text += QStringLiteral(" %1 %").arg(static_cast<int>(progress * 100));
    return text;
}

} // namespace

QString jobStateText(Job::State state)
{
    switch (state) {
    case Job::State::Pending:
        return tr("waiting");
    case Job::State::Running:
        return tr("running");
    case Job::State::Succeeded:
        return tr("done");
    case Job::State::Failed:
        return tr("failed");
    case Job::State::Cancelled:
        return tr("cancelled");
    }
    return {};
}

QString jobStepText(const Job& job)
{
    if (job.state() == Job::State::Failed)
        return errorParagraph(job.result().error());
    if (isRunning(job) && !job.step().isEmpty())
        return job.step();
    return jobStateText(job.state());
}

QString jobDetails(const Job& job)
{
    return job.state() == Job::State::Failed ? QString::fromStdString(job.result().error().message) : QString();
}

double jobProgress(const Job& job)
{
    if (!isRunning(job) || job.total() <= 0)
        return -1;
    return std::clamp(static_cast<double>(job.done()) / static_cast<double>(job.total()), 0.0, 1.0);
}

QString jobsSummary(const JobQueue& queue)
{
    const auto jobs = queue.jobs();
    const auto running = std::find_if(jobs.rbegin(), jobs.rend(), [](const Job* job) { return isRunning(*job); });
    if (running != jobs.rend()) {
        const QString lead = QCoreApplication::translate("JobText", "%n job(s)", nullptr, queue.runningCount());
        return lead + QStringLiteral(" · ") + activityOf(**running);
    }
    if (!jobs.empty() && jobs.back()->state() == Job::State::Failed)
        return tr("%1: failed").arg(jobs.back()->title());
    return tr("Jobs");
}

} // namespace twinhull
