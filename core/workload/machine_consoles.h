// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_info.h"

#include <memory>
#include <vector>

namespace twinhull {

/// A serial port or console of a machine.
struct MachineConsole {
    QString alias; ///< "serial0"; names one of the machine's
    QString title; ///< "Serial port 1"
    QString refusal; ///< why nobody can look at it here; empty: it can be opened while the machine runs

    friend bool operator==(const MachineConsole&, const MachineConsole&) = default;
};

enum class ConsoleTakeover {
    No, ///< one that another has open stays theirs
    Yes, ///< the other loses it
};

/// An open console: bytes both ways until it ends or is destroyed, which leaves the machine alone. Bytes that come
/// faster than received() is worked on wait where they are. GUI thread; nothing blocks.
class ConsoleSession : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype kMostWaitingBytes = 1 << 20;

    ~ConsoleSession() override;

    /// As typed. False where they would be more than kMostWaitingBytes that the guest has not read: then none is taken.
    virtual bool write(const QByteArray& bytes) = 0;

Q_SIGNALS:
    void opened();
    void received(const QByteArray& bytes);
    void drained(); ///< all that was written has gone
    /// Once and last. Busy: another has it, from the beginning or now. Unavailable: the machine does not run any more,
    /// or nothing leads to it.
    void ended(const twinhull::Error& reason);
};

/// The consoles of machines.
class MachineConsoles {
public:
    virtual ~MachineConsoles() = default;

    /// In the order of the definition. The job is handed out unstarted; `into` is written before it ends.
    virtual std::unique_ptr<Job> list(const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineConsole>> into)
        = 0;
    /// Opens in the background; opened() or ended() tells.
    virtual std::unique_ptr<ConsoleSession> open(
        const WorkloadInfo& machine, const QString& alias, ConsoleTakeover takeover)
        = 0;
};

/// A provider whose workloads are machines with consoles; found by dynamic_cast.
class HasMachineConsoles {
public:
    virtual ~HasMachineConsoles() = default;

    virtual MachineConsoles& consoles() = 0;
};

} // namespace twinhull
