// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_info.h"

#include "core/base/files.h"
#include "core/containers/cgroup_limits.h"

#include <QCoreApplication>
#include <QLocale>

namespace twinhull {

namespace {

constexpr qsizetype kReasonLimit = 500;

QString tr(const char* text)
{
    return QCoreApplication::translate("twinhull::Container", text);
}

WorkloadState stateOf(MonitorPhase phase)
{
    switch (phase) {
    case MonitorPhase::Starting:
    case MonitorPhase::Restarting:
        return WorkloadState::Starting;
    case MonitorPhase::Running:
        return WorkloadState::Running;
    case MonitorPhase::Saving: // criu holds it still
    case MonitorPhase::Paused:
        return WorkloadState::Paused;
    case MonitorPhase::Stopping:
        return WorkloadState::Stopping;
    case MonitorPhase::Exited:
        return WorkloadState::Stopped;
    }
    return WorkloadState::Unknown;
}

void applyRestart(WorkloadInfo& info, const MonitorStatus& status)
{
    info.restartAt = QDateTime::fromMSecsSinceEpoch(status.restart.dueWallMilliseconds);
    info.stateReason = tr("%1 It is started again at %2, for the %3. time.")
                           .arg(QString::fromStdString(status.note).left(kReasonLimit),
                               QLocale().toString(info.restartAt.time(), QStringLiteral("HH:mm:ss")))
                           .arg(status.restart.count);
    info.capabilities = Capability::Stop | Capability::ForceOff | Capability::Remove | Capability::Logs;
}

/// Of one that does not run.
void allowRestore(WorkloadInfo& info)
{
    if (info.checkpointedAt.isValid() && info.capabilities.testFlag(Capability::Start))
        info.capabilities |= Capability::RestoreCheckpoint;
}

} // namespace

Capabilities containerCapabilities(WorkloadState state, bool canPause)
{
    switch (state) {
    case WorkloadState::Stopped:
    case WorkloadState::Failed:
        return Capability::Start | Capability::Remove | Capability::Logs;
    case WorkloadState::Running:
        return Capability::Stop | Capability::ForceOff | Capability::Remove | Capability::Logs | Capability::Exec
            | Capability::Checkpoint | (canPause ? Capabilities(Capability::Pause) : Capabilities());
    case WorkloadState::Paused:
        return Capability::Stop | Capability::ForceOff | Capability::Remove | Capability::Logs | Capability::Resume
            | Capability::Checkpoint;
    case WorkloadState::Stopping:
        return Capability::ForceOff | Capability::Remove | Capability::Logs;
    case WorkloadState::Unknown:
        return Capability::Remove | Capability::Logs;
    case WorkloadState::Creating:
    case WorkloadState::Starting:
        return Capability::Logs;
    }
    return {};
}

WorkloadInfo stoppedInfo(const ContainerFolder& folder, const ContainerSettings& settings)
{
    WorkloadInfo info;
    info.id = { WorkloadKind::Container, QString::fromStdString(folder.id()) };
    info.name = QString::fromStdString(settings.name);
    info.state = WorkloadState::Stopped;
    info.image = QString::fromStdString(settings.imageReference);
    info.imageDigest = QString::fromStdString(settings.imageDigest);
    info.engine = QStringLiteral("hull");
    info.twinGroup = QString::fromStdString(settings.twinGroup);
    info.capabilities = containerCapabilities(info.state, false);
    if (const auto checkpoint = readFile(folder.checkpointRecordPath(), kCheckpointRecordLimitBytes)) {
        if (const auto record = decodeCheckpointRecord(*checkpoint))
            info.checkpointedAt = QDateTime::fromMSecsSinceEpoch(record->wallMilliseconds);
    }
    allowRestore(info);
    info.limits = { settings.memoryBytes, settings.cpus, settings.pids };
    info.fineLimits = fineLimitsOf(settings.fineLimits);
    for (const auto& port : settings.ports)
        info.ports.push_back({ QString::fromStdString(port.hostAddress), port.hostPort, port.containerPort,
            port.transport == PortTransport::Udp ? PortProtocol::Udp : PortProtocol::Tcp });
    for (const auto& [key, value] : settings.labels)
        info.labels.insert(QString::fromStdString(key), QString::fromStdString(value));
    info.logPath = QString::fromStdString(folder.logPath());
    return info;
}

void applyExit(WorkloadInfo& info, const ExitRecord& record)
{
    info.exitStatus = record.exitStatus;
    info.stateReason = QString::fromStdString(record.reason);
    info.wasOutOfMemory = record.wasOutOfMemory;
    if (record.wallMilliseconds > 0)
        info.endedAt = QDateTime::fromMSecsSinceEpoch(record.wallMilliseconds);
    if (record.wasOutOfMemory) {
        info.state = WorkloadState::Failed;
        info.stateReason = tr("It needed more memory than its limit allows, so the kernel ended it.");
    }
    info.isCheckpointed = record.wasCheckpointed;
    if (record.wasCheckpointed)
        info.stateReason = tr("It was saved with its memory: it goes on where it was when it is restored.");
    info.capabilities = containerCapabilities(info.state, false);
    allowRestore(info);
}

void applyStatus(WorkloadInfo& info, const MonitorStatus& status)
{
    info.state = stateOf(status.phase);
    info.stateReason = QString::fromStdString(status.note);
    for (const auto& mark : status.marks)
        info.startupMarks.push_back({ QString::fromStdString(mark.name), mark.monotonicNanoseconds });
    info.capabilities = containerCapabilities(info.state, status.canPause);
    info.restartCount = status.restart.count;
    info.health = status.health;
    if (status.phase == MonitorPhase::Restarting)
        applyRestart(info, status);
    if (status.phase == MonitorPhase::Saving) {
        info.stateReason = tr("A checkpoint of it is being made.");
        info.capabilities = Capability::Logs;
    }
    if (status.hasTerminal && !status.exit)
        info.capabilities |= Capability::Console;
    if (status.exit)
        return applyExit(info, *status.exit);
    if (status.startedWallMilliseconds > 0 && status.phase != MonitorPhase::Restarting)
        info.startedAt = QDateTime::fromMSecsSinceEpoch(status.startedWallMilliseconds);
    if (status.containerPid > 0)
        info.footprint.rootPids = { status.containerPid };
    info.footprint.helperPids = { status.monitorPid };
    info.footprint.helperPids.insert(
        info.footprint.helperPids.end(), status.helperPids.begin(), status.helperPids.end());
    info.footprint.cgroupPath = QString::fromStdString(status.cgroupPath);
    const bool hasBegun = info.state == WorkloadState::Running || info.state == WorkloadState::Paused;
    if (!hasBegun || status.cgroupPath.empty()) // before, they may not stand there yet
        return;
    info.limits = limitsIn(info.footprint.cgroupPath, info.limits);
    info.fineLimits = fineLimitsIn(info.footprint.cgroupPath, info.fineLimits);
}

} // namespace twinhull
