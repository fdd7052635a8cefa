// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/snapshots/domain_snapshot.h"

#include "core/base/clock.h"
#include "core/metrics/machine_cgroup.h"
#include "core/vms/domain/domain_changes.h"
#include "core/vms/making/installer_files.h"
#include "core/vms/making/machine_note.h"
#include "core/vms/figures/qemu_process.h"
#include "core/vms/disks/vm_folder.h"
#include "core/workload/option_text.h"
#include "core/workload/workload_connection.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kLogDeadline{ 500 };
constexpr qint64 kRecentSeconds = 5;

QString tr(const char* text)
{
    return QCoreApplication::translate("DomainSnapshot", text);
}

StateInWords stoppedBecause(int reason)
{
    switch (reason) {
    case VIR_DOMAIN_SHUTOFF_CRASHED:
        return { WorkloadState::Failed, tr("QEMU ended without being asked to.") };
    case VIR_DOMAIN_SHUTOFF_FAILED:
        return { WorkloadState::Failed, tr("QEMU could not start it.") };
    default:
        return { WorkloadState::Stopped, {} };
    }
}

QString emulationNote()
{
    return tr("Emulated without hardware virtualization, so it is slow.");
}

QDateTime wallClockOf(std::int64_t monotonic)
{
    return QDateTime::fromMSecsSinceEpoch(wallClockMilliseconds() - (monotonicNanoseconds() - monotonic) / 1'000'000);
}

void readProcess(virDomainPtr domain, WorkloadInfo& info, HypervisorPlace place)
{
    if (place == HypervisorPlace::Elsewhere) {
        info.footprint.reach = HostFootprint::Reach::OnAnotherComputer;
        return;
    }
    const auto pid = findQemu(withoutConnection(info.id.key));
    if (!pid) {
        info.footprint.reach = HostFootprint::Reach::OfAnotherUser;
        return;
    }
    info.footprint.rootPids = { *pid };
    const auto id = static_cast<int>(virDomainGetID(domain)); // all bits set when it ended meanwhile
    info.footprint.helperPids = helpersOf(*pid, id, info.name, pidFileFolders());
    if (std::any_of(
            info.ports.begin(), info.ports.end(), [](const PublishedPort& port) { return isAtIpv6Address(port); })) {
        if (const auto relay = findPortRelay(withoutConnection(info.id.key), *pid))
            info.footprint.helperPids.push_back(*relay);
    }
    info.footprint.cgroupPath = QString::fromStdString(machineCgroupOf({}, *pid, id));
    if (const auto started = processStartNanoseconds(*pid))
        info.startedAt = wallClockOf(*started);
}

/// The marks belong to one QEMU of one boot of the host.
void readStart(WorkloadInfo& info, const VmFolder& folder)
{
    const auto start = folder.readStart();
    if (start && start->bootId == hostBootId() && info.footprint.rootPids == std::vector{ start->qemuPid })
        info.startupMarks = start->marks;
}

/// A guest that has just powered off by itself left its status as its last word.
std::optional<int> exitStatusOf(const VmFolder& folder, int reason)
{
    const QDateTime written = QFileInfo(folder.logPath()).lastModified();
    const bool isRecent = written.isValid() && written.secsTo(QDateTime::currentDateTime()) < kRecentSeconds;
    return isRecent && reason == VIR_DOMAIN_SHUTOFF_SHUTDOWN ? folder.awaitExitStatus(kLogDeadline)
                                                             : folder.exitStatus();
}

/// The installer of its first start: what is to be said of it, and what is due (InstallerFiles::settle()).
QString settleInstaller(virDomainPtr domain, const DomainSnapshot& snapshot, const VmFolder& folder, int reason)
{
    const InstallerFiles installer(folder);
    const bool isOff = !snapshot.isActive && virDomainHasManagedSaveImage(domain, 0) != 1;
    const bool isRunningIt = snapshot.isActive && snapshot.description.kernelPath == installer.kernelPath();
    const auto moment = isRunningIt             ? InstallerMoment::Running
        : !isOff                                ? InstallerMoment::Elsewhere
        : reason == VIR_DOMAIN_SHUTOFF_SHUTDOWN ? InstallerMoment::EndedByItself
                                                : InstallerMoment::Off;
    installer.settle(moment);
    if (isRunningIt)
        return tr("Its installer runs. When that reboots, the VM is off, and the next start is from its disk.");
    if (isOff && installer.pending())
        return tr("Its next start runs the installer.");
    if (!isOff || !installer.hasBegun())
        return {};
    const QString again = tr("A start is from its disk; to install anew: “Install again” in its menu, or "
                             "twinhullctl start --installer.");
    return (reason == VIR_DOMAIN_SHUTOFF_UNKNOWN ? tr("It is not known whether its installation was finished.")
                                                 : tr("Its installation was broken off."))
        + u' ' + again;
}

void tellMachine(WorkloadInfo& info, const VmFolder& folder)
{
    const auto note = readMachineNote(folder);
    info.machineReason = imageMachineReason(info.machine, info.labels, note);
    if (note)
        info.madeAgainAt = note->madeAgainAt;
}

QString firstLineOf(const QString& text)
{
    return text.section(u'\n', 0, 0);
}

void describe(WorkloadInfo& info, const DomainDescription& description)
{
    info.engine = description.type == u"qemu" ? QStringLiteral("tcg") : description.type;
    const std::uint64_t current = description.currentMemoryBytes;
    info.limits.memoryBytes = current > 0 ? std::min(current, description.memoryBytes) : description.memoryBytes;
    info.limits.cpus = description.cpus;
    info.logPath = description.logPath;
    info.machine = description.machine;
    if (description.mark) {
        info.image = description.mark->imageReference;
        info.imageDigest = description.mark->imageDigest;
        info.twinGroup = description.mark->twinGroup;
        info.ports = description.mark->ports;
        info.labels = description.mark->labels;
        const bool isAsAsked = description.mark->cpus && std::ceil(*description.mark->cpus) == description.cpus;
        if (isAsAsked)
            info.limits.cpus = description.mark->cpus;
    }
    if (info.image.isEmpty())
        info.image = firstLineOf(description.title);
}

} // namespace

HypervisorPlace placeOf(const QString& uri)
{
    return QUrl(uri).host().isEmpty() ? HypervisorPlace::Here : HypervisorPlace::Elsewhere;
}

StateInWords stateInWords(int state, int reason)
{
    switch (state) {
    case VIR_DOMAIN_RUNNING:
    case VIR_DOMAIN_BLOCKED:
        return { WorkloadState::Running, {} };
    case VIR_DOMAIN_PAUSED:
        if (reason == VIR_DOMAIN_PAUSED_IOERROR)
            return { WorkloadState::Paused, tr("A disk failed, most likely because the host's disk is full.") };
        if (reason == VIR_DOMAIN_PAUSED_CRASHED)
            return { WorkloadState::Failed, tr("The guest crashed.") };
        return { WorkloadState::Paused, {} };
    case VIR_DOMAIN_PMSUSPENDED:
        return { WorkloadState::Paused, tr("The guest put itself to sleep.") };
    case VIR_DOMAIN_SHUTDOWN:
        return { WorkloadState::Stopping, {} };
    case VIR_DOMAIN_SHUTOFF:
        return stoppedBecause(reason);
    case VIR_DOMAIN_CRASHED:
        return { WorkloadState::Failed, tr("The guest crashed.") };
    default:
        return {};
    }
}

Capabilities capabilitiesIn(WorkloadState state, const DomainDescription& description)
{
    Capabilities can;
    can.setFlag(Capability::Logs, !description.logPath.isEmpty());
    switch (state) {
    case WorkloadState::Stopped:
    case WorkloadState::Failed:
        return can | Capability::Start | Capability::Remove;
    case WorkloadState::Running:
        can.setFlag(Capability::Exec, !description.sessionSockets.isEmpty());
        return can | Capability::Stop | Capability::ForceOff | Capability::Pause | Capability::Remove;
    case WorkloadState::Paused:
        return can | Capability::Resume | Capability::Stop | Capability::ForceOff | Capability::Remove;
    case WorkloadState::Starting:
    case WorkloadState::Stopping:
        return can | Capability::ForceOff;
    default:
        return can;
    }
}

Result<DomainSnapshot> snapshotOf(
    virDomainPtr domain, const DataFolders& folders, HypervisorPlace place, const QString& connection)
{
    DomainSnapshot snapshot;
    WorkloadInfo& info = snapshot.info;
    info.id = { WorkloadKind::Vm, keyOn(connection, uuidOf(domain)) };
    info.name = QString::fromUtf8(virDomainGetName(domain));
    int state = 0;
    int reason = 0;
    const QString xml = takeText(virDomainGetXMLDesc(domain, 0));
    if (xml.isEmpty() || virDomainGetState(domain, &state, &reason, 0) != 0)
        return libvirtError("read " + info.name.toStdString());
    auto description = parseDomain(xml.toUtf8());
    if (!description)
        return std::move(description).error().withContext("read " + info.name.toStdString());
    snapshot.description = std::move(*description);
    snapshot.isActive = state != VIR_DOMAIN_SHUTOFF; // asked apart, the two could contradict each other
    describe(info, snapshot.description);
    if (!connection.isEmpty())
        info.twinGroup.clear(); // its other half is not here
    const StateInWords words = stateInWords(state, reason);
    info.state = words.state;
    info.stateReason = words.reason;
    const VmFolder folder(folders, info.id.key);
    if (snapshot.description.isFromImage())
        tellMachine(info, folder);
    if (const auto definition = place == HypervisorPlace::Here ? folder.readDefinition() : std::nullopt)
        info.definitionNanoseconds = definition->count();
    if (snapshot.isActive) {
        readProcess(domain, info, place);
        readStart(info, folder);
        if (info.stateReason.isEmpty() && place == HypervisorPlace::Here)
            info.stateReason = settleInstaller(domain, snapshot, folder, reason);
        if (info.engine == u"tcg" && info.stateReason.isEmpty())
            info.stateReason = emulationNote();
    } else if (snapshot.description.isFromImage()) {
        info.exitStatus = exitStatusOf(folder, reason);
    } else if (virDomainHasManagedSaveImage(domain, 0) == 1) {
        info.stateReason = tr("Its memory is saved: when it is started, it goes on where it was.");
    } else if (place == HypervisorPlace::Here) {
        const QString told = settleInstaller(domain, snapshot, folder, reason);
        info.stateReason = (info.stateReason + u' ' + told).trimmed();
    }
    info.capabilities = capabilitiesIn(info.state, snapshot.description);
    info.snapshots = snapshotsOf(domain);
    return snapshot;
}

} // namespace twinhull
