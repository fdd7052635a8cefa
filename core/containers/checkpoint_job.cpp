// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/checkpoint_job.h"

#include "core/base/subprocess.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kShownDeadline = 30s;

Error fromOutcome(const CheckpointOutcome& outcome)
{
    return { ErrorCode::Unavailable, outcome.problem, 0, outcome.hint };
}

} // namespace

Result<> checkpointAvailability()
{
    if (::geteuid() != 0)
        return Error{ ErrorCode::PermissionDenied, "only root can save and restore containers: criu needs its rights",
            EPERM, "Run Twinhull as root, for containers of root" };
    if (findExecutable("criu").empty())
        return Error{ ErrorCode::Unavailable, "criu is not installed, and it is what saves and restores processes",
            ENOENT, "Install it (Debian: sudo apt install criu)" };
    return {};
}

CheckpointJob::CheckpointJob(QString title, Container* container, const CheckpointChoice& choice)
    : Job(std::move(title)), m_container(container)
{
    m_request.verb = MonitorVerb::Checkpoint;
    m_request.checkpoint = choice;
    m_patience.setSingleShot(true);
    m_patience.setInterval(kShownDeadline);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (!isFinished())
            finish({});
    });
}

void CheckpointJob::doStart()
{
    if (auto available = checkpointAvailability(); !available)
        return fail(available.error());
    if (!m_container)
        return fail({ ErrorCode::NotFound, "there is no such container", 0, {} });
    auto monitor = MonitorConnection::open(m_container->folder().runtimePath());
    if (!monitor)
        return fail({ ErrorCode::Unavailable, "it is not running", 0, {} });
    m_monitor = *std::move(monitor);
    connect(m_monitor.get(), &MonitorConnection::received, this, &CheckpointJob::onReply);
    connect(m_monitor.get(), &MonitorConnection::closed, this, &CheckpointJob::onClosed);
    connect(m_container, &QObject::destroyed, this, [this] { onClosed(); });
    auto sent = m_monitor->send({ MonitorVerb::Subscribe });
    if (sent)
        sent = m_monitor->send(m_request);
    if (!sent)
        fail(sent.error());
}

void CheckpointJob::doCancel()
{
    if (m_monitor && !m_isDone)
        (void)m_monitor->send({ MonitorVerb::GiveUp }); // one that is gone has hung up, which is told
}

void CheckpointJob::onReply(const Result<MonitorStatus>& reply)
{
    if (m_isDone || isFinished())
        return;
    if (!reply) // of a cancel that came when hull had ended already, the outcome follows
        return m_hasBegun ? void() : fail(reply.error());
    if (reply->phase == MonitorPhase::Saving)
        m_hasBegun = true;
    else if (m_hasBegun)
        onOutcome(*reply);
}

void CheckpointJob::onOutcome(const MonitorStatus& status)
{
    const bool isSaved = status.checkpoint && status.checkpoint->problem.empty();
    if (!isSaved && isCancelRequested())
        return fail({ ErrorCode::Cancelled, "it was cancelled: the container goes on", 0, {} });
    if (!isSaved)
        return fail(status.checkpoint ? fromOutcome(*status.checkpoint)
                                      : Error{ ErrorCode::Unknown, "its monitor does not say how it went", 0, {} });
    m_isDone = true;
    finishWhenShown();
}

void CheckpointJob::onClosed()
{
    if (!m_isDone && !isFinished())
        fail({ ErrorCode::Unavailable, "its monitor ended meanwhile", 0, "Look at the container's state" });
}

/// Whoever looks at the container after this job must not find it as it was before.
void CheckpointJob::finishWhenShown()
{
    if (!m_container || isShown())
        return finish({});
    connect(m_container, &Container::changed, this, [this] {
        if (!isFinished() && isShown())
            finish({});
    });
    m_patience.start();
}

bool CheckpointJob::isShown() const
{
    const auto& info = m_container->info();
    return m_request.checkpoint.leavesRunning ? info.capabilities.testFlag(Capability::Stop) : info.isCheckpointed;
}

void CheckpointJob::fail(const Error& error)
{
    finish(Result<>(error).withContext(title().toStdString()));
}

} // namespace twinhull
