// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/health_report.h"
#include "core/workload/workload_id.h"

#include <QDateTime>
#include <QFlags>
#include <QMap>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// One set of states for both kinds.
enum class WorkloadState { Unknown, Creating, Stopped, Starting, Running, Paused, Stopping, Failed };

/// What this workload can do now; asked instead of the kind.
enum class Capability : unsigned {
    Start = 1U << 0U,
    Stop = 1U << 1U,
    ForceOff = 1U << 2U,
    Pause = 1U << 3U,
    Resume = 1U << 4U,
    Remove = 1U << 5U,
    Logs = 1U << 6U,
    Console = 1U << 7U,
    Exec = 1U << 8U,
    Checkpoint = 1U << 9U,
    RestoreCheckpoint = 1U << 10U,
};
Q_DECLARE_FLAGS(Capabilities, Capability)

enum class PortProtocol { Tcp, Udp };

struct PublishedPort {
    QString hostAddress = QStringLiteral("127.0.0.1");
    std::uint16_t hostPort = 0;
    std::uint16_t workloadPort = 0;
    PortProtocol protocol = PortProtocol::Tcp;

    friend bool operator==(const PublishedPort&, const PublishedPort&) = default;
};

struct ResourceLimits {
    std::optional<std::uint64_t> memoryBytes;
    std::optional<double> cpus; ///< cores, 0.01 and up
    std::optional<std::uint32_t> pids; ///< in a plan 0: none, where a container has one unasked otherwise

    friend bool operator==(const ResourceLimits&, const ResourceLimits&) = default;
};

/// A moment between the request to start and the first instruction of the entrypoint, on CLOCK_MONOTONIC of the host.
struct StartupMark {
    QString name; ///< "request", "created", "exec", "kernel", "init", "ready" …
    std::int64_t monotonicNanoseconds = 0;

    friend bool operator==(const StartupMark&, const StartupMark&) = default;
};

bool hasMark(const std::vector<StartupMark>& marks, QStringView name);
/// Those that end a phase of the start. libvirt says that a VM is `created` while its guest boots already, so that ends
/// none where QEMU told by `resumed` when the guest began.
std::vector<StartupMark> phaseMarks(const std::vector<StartupMark>& marks);

/// Of the memory or the disks of a workload.
struct WorkloadSnapshot {
    QString name;
    QDateTime takenAt;

    friend bool operator==(const WorkloadSnapshot&, const WorkloadSnapshot&) = default;
};

/// What the host runs for this workload: the roots of its process trees and its cgroup. The ruler reads both kinds
/// through this.
struct HostFootprint {
    enum class Reach { Here, OnAnotherComputer, OfAnotherUser };

    std::vector<pid_t> rootPids; ///< container init or QEMU; descendants are counted with it
    std::vector<pid_t> helperPids; ///< hull-monitor, pasta, virtiofsd …; descendants too
    /// Absolute path of a cgroup v2 folder of its own, with controllers or without: it counts CPU time always, memory
    /// and disk where it can. Empty where there is none.
    QString cgroupPath;
    Reach reach = Reach::Here; ///< why the processes of one that runs are not known

    bool isEmpty() const { return rootPids.empty(); }
    /// It runs and has figures: of its processes, or what others tell of one whose processes are out of reach.
    bool hasFigures() const { return !isEmpty() || reach != Reach::Here; }
    friend bool operator==(const HostFootprint&, const HostFootprint&) = default;
};

constexpr std::size_t kMostSnapshots = 200;

/// An immutable snapshot of one workload; providers hand out new ones, nobody changes one.
struct WorkloadInfo {
    WorkloadId id;
    QString name;
    WorkloadState state = WorkloadState::Unknown;
    QString stateReason; ///< why it failed or is slow; a sentence, may be empty
    QString image; ///< image reference or operating system, as a person says it
    QString imageDigest; ///< "sha256:…" where it came from an image
    QString
        engine; ///< "hull", "kvm" or "tcg" (emulated: its CPU figures say nothing about hardware); empty while unknown
    QString twinGroup; ///< same non-empty text on both halves of a twin
    QString group; ///< that a person put it into; of what the registry tells, a provider does not know
    Capabilities capabilities;
    ResourceLimits limits;
    /// Of a container, beside these, by the kernel's file and in its words: "memory.swap.max", "cpuset.cpus" …
    QMap<QString, QString> fineLimits;
    std::vector<PublishedPort> ports;
    QMap<QString, QString> labels; ///< that a person gave it
    HostFootprint footprint;
    std::vector<StartupMark> startupMarks; ///< of the latest start, oldest first
    std::optional<std::int64_t> definitionNanoseconds; ///< of a VM: how long libvirt took to define it, once
    QDateTime startedAt; ///< invalid when not running
    std::optional<int> exitStatus; ///< of the latest run, 0..255
    QString logPath; ///< absolute path of the log file; empty where there is none
    QDateTime endedAt; ///< of the latest run, where that was recorded; invalid while it runs
    bool wasOutOfMemory = false; ///< the kernel ended the latest run for want of memory
    unsigned restartCount = 0; ///< how often it was started again by itself since a person started it
    QDateTime restartAt; ///< valid while it waits for that; its state is Starting then
    std::optional<Health> health; ///< of one that runs and has a health check
    QDateTime checkpointedAt; ///< of the checkpoint that is kept of it; invalid: there is none
    bool isCheckpointed = false; ///< its latest run ended with that
    std::vector<WorkloadSnapshot> snapshots; ///< that are kept of it, by time; the latest kMostSnapshots
    QString machine; ///< of a VM, as libvirt names it, "pc-q35-7.2"
    QString machineReason; ///< why it is that one; a sentence, empty where a person chose it or nobody knows
    QDateTime madeAgainAt; ///< when it did not start as a microvm and was made again as a q35; invalid: never

    friend bool operator==(const WorkloadInfo&, const WorkloadInfo&) = default;
};

/// Nanoseconds from the first mark ("request") to the mark of that name; nothing when either is missing.
std::optional<std::int64_t> startupNanoseconds(
    const WorkloadInfo& info, const QString& markName = QStringLiteral("ready"));

} // namespace twinhull

Q_DECLARE_OPERATORS_FOR_FLAGS(twinhull::Capabilities)
Q_DECLARE_METATYPE(twinhull::WorkloadInfo)
