// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/await_job.h"

#include "core/base/files.h"
#include "core/ipc/container_folder.h"

namespace twinhull {

namespace {

bool isOver(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Stopped || info.state == WorkloadState::Failed;
}

Error awaitedInVain(const WorkloadInfo& info, const std::string& problem)
{
    return Error{ ErrorCode::Unavailable, info.name.toStdString() + problem, 0,
        "See what it says: twinhullctl logs " + info.name.toStdString() };
}

} // namespace

AwaitJob::AwaitJob(
    QString title, WorkloadProvider& provider, DataFolders folders, QStringList names, StartCondition condition)
    : Job(std::move(title))
    , m_provider(provider)
    , m_folders(std::move(folders))
    , m_names(std::move(names))
    , m_condition(condition)
{
}

void AwaitJob::doStart()
{
    connect(&m_provider, &WorkloadProvider::changed, this, &AwaitJob::look);
    connect(&m_provider, &WorkloadProvider::removed, this, &AwaitJob::look);
    look();
}

void AwaitJob::doCancel()
{
    finish(Error{ ErrorCode::Cancelled, "cancelled", 0, {} });
}

void AwaitJob::look()
{
    if (isFinished())
        return;
    int reached = 0;
    const auto all = m_provider.workloads();
    for (const QString& name : m_names) {
        const auto info
            = std::find_if(all.begin(), all.end(), [&name](const WorkloadInfo& each) { return each.name == name; });
        if (info == all.end()) {
            finish(Error{ ErrorCode::NotFound, name.toStdString() + " is gone", 0, {} });
            return;
        }
        const auto is = isReached(*info);
        if (!is) {
            finish(is.error());
            return;
        }
        reached += *is ? 1 : 0;
    }
    setProgress(reached, m_names.size());
    if (reached == m_names.size())
        finish({});
}

Result<bool> AwaitJob::isReached(const WorkloadInfo& info) const
{
    if (m_condition == StartCondition::CompletedSuccessfully) {
        if (!isOver(info))
            return false;
        const int status = info.exitStatus.value_or(-1);
        return status == 0 ? Result<bool>(true)
                           : awaitedInVain(info, " was to end well and ended with status " + std::to_string(status));
    }
    if (isOver(info))
        return awaitedInVain(info, " was to become healthy and has ended");
    if (info.health == Health::Unhealthy)
        return awaitedInVain(info, " is unhealthy" + lastComplaint(info));
    if (info.state == WorkloadState::Running && !info.health)
        return awaitedInVain(info, " was to become healthy and has no health check");
    return info.health == Health::Healthy;
}

/// What the health check said last.
std::string AwaitJob::lastComplaint(const WorkloadInfo& info) const
{
    const ContainerFolder folder(m_folders, info.id.key.toStdString());
    const auto json = readFile(folder.path() + '/' + kHealthReportName, kHealthReportLimitBytes);
    const auto report = json ? decodeHealthReport(*json) : Result<HealthReport>(json.error());
    if (!report || report->latest.empty() || report->latest.back().output.empty())
        return {};
    std::string text = ": " + report->latest.back().output.substr(0, 200);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20)
            c = ' '; // a stranger's
    }
    return text;
}

} // namespace twinhull
