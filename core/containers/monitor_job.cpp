// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/monitor_job.h"

#include <algorithm>

namespace twinhull {

MonitorJob::MonitorJob(QString title, Container* container, const MonitorRequest& request,
    std::vector<WorkloadState> goal, std::chrono::milliseconds deadline)
    : Job(std::move(title)), m_container(container), m_request(request), m_goal(std::move(goal))
{
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(deadline);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        finish(Error{ ErrorCode::Timeout, this->title().toStdString() + ": the container did not follow", 0,
            "Stop it by force" });
    });
}

void MonitorJob::doStart()
{
    if (isAtGoal())
        return finish({});
    if (!m_container)
        return finish(Error{ ErrorCode::NotFound, title().toStdString() + ": there is no such container", 0, {} });
    auto monitor = MonitorConnection::open(m_container->folder().runtimePath());
    if (!monitor)
        return finish(Error{ ErrorCode::Unavailable, title().toStdString() + ": it is not running", 0, {} });
    m_monitor = *std::move(monitor);
    connect(m_monitor.get(), &MonitorConnection::received, this, &MonitorJob::onReply);
    connect(m_container, &Container::changed, this, &MonitorJob::onChanged);
    connect(m_container, &QObject::destroyed, this, [this] { finish({}); });
    m_deadline.start();
    if (auto sent = m_monitor->send(m_request); !sent)
        finish(std::move(sent).withContext(title().toStdString()));
}

bool MonitorJob::isAtGoal() const
{
    return m_container && std::find(m_goal.begin(), m_goal.end(), m_container->info().state) != m_goal.end();
}

void MonitorJob::onReply(const Result<MonitorStatus>& reply)
{
    if (!reply)
        finish(Result<>(reply.error()).withContext(title().toStdString()));
    else if (m_goal.empty())
        finish({});
}

void MonitorJob::onChanged()
{
    if (isAtGoal())
        finish({});
}

} // namespace twinhull
