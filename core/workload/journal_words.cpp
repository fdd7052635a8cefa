// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/journal_words.h"

#include "core/ipc/journal_reader.h"
#include "core/jobs/thread_job.h"

#include <QObject>

#include <algorithm>
#include <map>

namespace twinhull {

namespace {

constexpr std::size_t kMostMarksOfOne = 500; ///< a service that fails all the time has thousands

std::optional<WorkloadEventKind> markedKind(const JournalEvent& event)
{
    if (event.action == "start" || event.action == "restore")
        return WorkloadEventKind::Started;
    if (event.action == "died") // want of memory was told before it
        return event.attributes.contains("oom") ? std::nullopt : std::optional(WorkloadEventKind::Stopped);
    if (event.action == "oom")
        return WorkloadEventKind::OutOfMemory;
    if (event.action == "pause")
        return WorkloadEventKind::Paused;
    if (event.action == "unpause")
        return WorkloadEventKind::Resumed;
    if (event.action == "update" && event.attributes.contains("limits"))
        return WorkloadEventKind::LimitsChanged;
    return std::nullopt;
}

} // namespace

std::optional<WorkloadEvent> workloadEventOf(const JournalEvent& event, std::int64_t wallMillisecondsAtZero)
{
    constexpr std::int64_t kLatest = std::int64_t{ 1 } << 42U; // milliseconds: the file may say anything
    const auto kind = event.type == "container" ? markedKind(event) : std::nullopt;
    if (!kind || event.id.empty() || event.wallMilliseconds < 0 || event.wallMilliseconds > kLatest)
        return std::nullopt;
    return WorkloadEvent{ { WorkloadKind::Container, QString::fromStdString(event.id) },
        (event.wallMilliseconds - wallMillisecondsAtZero) * 1'000'000, *kind };
}

std::unique_ptr<Job> readJournalJob(
    const std::string& folder, std::int64_t wallMillisecondsAtZero, std::shared_ptr<std::vector<WorkloadEvent>> into)
{
    const auto read = [folder, wallMillisecondsAtZero, into = std::move(into)](JobContext&) {
        const auto events = JournalReader(folder).read();
        if (!events)
            return Result<>(events.error());
        std::map<WorkloadId, std::size_t> counts;
        for (auto event = events->rbegin(); event != events->rend(); ++event) {
            const auto marked = workloadEventOf(*event, wallMillisecondsAtZero);
            if (marked && ++counts[marked->id] <= kMostMarksOfOne)
                into->push_back(*marked);
        }
        std::reverse(into->begin(), into->end());
        return Result<>();
    };
    return std::make_unique<ThreadJob>(
        QObject::tr("Read what happened to containers"), QThreadPool::globalInstance(), read);
}

QString journalWordOf(WorkloadEventKind kind, WorkloadKind of)
{
    switch (kind) {
    case WorkloadEventKind::Started:
        return QStringLiteral("start");
    case WorkloadEventKind::Resumed:
        return QStringLiteral("unpause");
    case WorkloadEventKind::Paused:
        return QStringLiteral("pause");
    case WorkloadEventKind::Stopped:
        return of == WorkloadKind::Container ? QStringLiteral("died") : QStringLiteral("stop");
    case WorkloadEventKind::Failed:
        return QStringLiteral("died");
    case WorkloadEventKind::OutOfMemory:
        return QStringLiteral("oom");
    case WorkloadEventKind::LimitsChanged:
        return QStringLiteral("update");
    case WorkloadEventKind::Throttled:
    case WorkloadEventKind::ProcessOutOfMemory:
    case WorkloadEventKind::Snapshot:
    case WorkloadEventKind::FiguresLost:
    case WorkloadEventKind::MadeAgainAsQ35:
        break;
    }
    return QLatin1String(nameOf(kind));
}

} // namespace twinhull
