// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/bring_back_job.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/ipc/container_folder.h"

#include <QLoggingCategory>
#include <QTimer>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

Q_LOGGING_CATEGORY(lcBringBack, "twinhull.containers")

using namespace std::chrono_literals;

// Another program that has just been opened clears up after the last run of the same container meanwhile.
constexpr auto kBusyDelay = 300ms;
constexpr int kMostTries = 10;

/// By its lock (core/ipc/container_lock.h); a port in use is busy as well.
bool isHeldByOther(const Error& error)
{
    return error.code == ErrorCode::Busy && error.sysErrno == EWOULDBLOCK;
}

} // namespace

BringBackJob::BringBackJob(
    WorkloadProvider& provider, DataFolders folders, const std::vector<ReturningContainer>& containers)
    : Job(tr("Start containers again")), m_provider(provider), m_folders(std::move(folders))
{
    std::copy_if(containers.begin(), containers.end(), std::back_inserter(m_containers),
        [](const ReturningContainer& container) { return container.comesBack; });
}

void BringBackJob::doStart()
{
    setProgress(0, static_cast<qint64>(m_containers.size()));
    fill();
}

/// Those that are being started come to their end: half a start would be none.
void BringBackJob::doCancel()
{
    if (m_running == 0)
        fill();
}

void BringBackJob::fill()
{
    while (!isCancelRequested() && m_running < kAtOnce && m_next < m_containers.size()) {
        ++m_running;
        startOne(m_next++, 1);
    }
    if (m_running > 0)
        return;
    const bool isCutShort = isCancelRequested() && m_next < m_containers.size();
    finish(isCutShort ? Result<>(Error{ ErrorCode::Cancelled, "cancelled", 0, {} }) : Result<>());
}

void BringBackJob::startOne(std::size_t index, int tries)
{
    const WorkloadId id{ WorkloadKind::Container, QString::fromStdString(m_containers[index].id) };
    const auto info = m_provider.find(id);
    const bool hasEnded = info && (info->state == WorkloadState::Stopped || info->state == WorkloadState::Failed);
    if (!hasEnded) { // removed meanwhile, or it runs
        QMetaObject::invokeMethod(this, &BringBackJob::onDone, Qt::QueuedConnection);
        return;
    }
    setStep(info->name);
    Job* job = m_provider.start(id).release();
    job->setParent(this);
    connect(
        job, &Job::finished, this,
        [this, index, tries, job] {
            onStarted(index, tries, *job);
            job->deleteLater();
        },
        Qt::QueuedConnection);
    job->start();
}

void BringBackJob::onStarted(std::size_t index, int tries, const Job& job)
{
    if (job.state() == Job::State::Succeeded) {
        m_started.push_back(m_containers[index]);
        return onDone();
    }
    const Error& error = job.result().error();
    if (isHeldByOther(error) && tries < kMostTries) {
        QTimer::singleShot(kBusyDelay, this, [this, index, tries] { startOne(index, tries + 1); });
        return;
    }
    noteFailure(index, error);
    onDone();
}

void BringBackJob::onDone()
{
    --m_running;
    setProgress(static_cast<qint64>(++m_ended), static_cast<qint64>(m_containers.size()));
    fill();
}

/// Where whoever looks at the container reads it.
void BringBackJob::noteFailure(std::size_t index, const Error& error)
{
    const auto& container = m_containers[index];
    m_failures.push_back({ container, error });
    if (isHeldByOther(error))
        return;
    const ExitRecord record{ std::nullopt, 0, false, wallClockMilliseconds(),
        "It could not be started again at login: " + error.message };
    auto kept
        = writeFileAtomically(ContainerFolder(m_folders, container.id).exitRecordPath(), encodeExitRecord(record));
    if (!kept)
        qCWarning(lcBringBack, "%s", kept.error().message.c_str());
}

} // namespace twinhull
