// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container.h"

#include "core/base/files.h"
#include "core/containers/container_info.h"

namespace twinhull {

namespace {

constexpr std::size_t kRecordLimitBytes = 64U << 10U;

} // namespace

Container::Container(ContainerFolder folder, ContainerSettings settings)
    : m_folder(std::move(folder)), m_settings(std::move(settings))
{
    m_info.id = { WorkloadKind::Container, QString::fromStdString(m_folder.id()) };
}

void Container::refresh()
{
    readSettings();
    follow();
}

void Container::follow()
{
    if (m_monitor)
        return;
    if (exists(m_folder.runtimePath()) && connectToMonitor())
        publish(baseInfo());
    else
        readRest();
}

/// Another program may have changed them: rename, update.
void Container::readSettings()
{
    auto settings = m_folder.readSettings();
    if (!settings || *settings == m_settings)
        return;
    m_settings = *std::move(settings);
    if (m_status || !m_monitor) // else the answer that is awaited tells
        publish(baseInfo());
}

void Container::adoptStatus(const MonitorStatus& status)
{
    m_passing.reset();
    if (!m_monitor)
        connectToMonitor();
    if (m_monitor || status.exit)
        onReply(status);
    else // it has ended already
        readRest();
}

void Container::setPassing(std::optional<WorkloadState> state)
{
    if (m_passing == state)
        return;
    m_passing = state;
    publish(baseInfo());
}

bool Container::connectToMonitor()
{
    auto connection = MonitorConnection::open(m_folder.runtimePath());
    if (!connection || !(*connection)->send({ MonitorVerb::Subscribe }))
        return false;
    m_monitor = *std::move(connection);
    connect(m_monitor.get(), &MonitorConnection::received, this, &Container::onReply);
    connect(m_monitor.get(), &MonitorConnection::closed, this, &Container::onClosed);
    return true;
}

void Container::onReply(const Result<MonitorStatus>& reply)
{
    if (!reply)
        return;
    m_status = *reply;
    if (m_status->exit || m_status->phase == MonitorPhase::Stopping)
        m_passing.reset();
    publish(baseInfo());
}

void Container::onClosed()
{
    m_monitor.release()->deleteLater(); // it is the one that tells us
    if (!m_status || !m_status->exit)
        readRest();
}

void Container::readRest()
{
    m_status.reset();
    const bool isOrphan = exists(m_folder.runRecordPath()) || exists(m_folder.runtimePath() + "/hull/" + m_folder.id());
    publish(baseInfo());
    if (isOrphan && !m_passing)
        Q_EMIT orphaned();
}

WorkloadInfo Container::baseInfo() const
{
    WorkloadInfo info = stoppedInfo(m_folder, m_settings);
    if (m_status) {
        applyStatus(info, *m_status);
    } else if (auto text = readFile(m_folder.exitRecordPath(), kRecordLimitBytes)) {
        if (auto record = decodeExitRecord(*text))
            applyExit(info, *record);
    }
    if (m_passing || isAwaited()) {
        info.state = m_passing.value_or(WorkloadState::Unknown);
        info.capabilities = containerCapabilities(info.state, false);
    }
    return info;
}

void Container::publish(WorkloadInfo info)
{
    if (info == m_info)
        return;
    m_info = std::move(info);
    Q_EMIT changed();
}

} // namespace twinhull
