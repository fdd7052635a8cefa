// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/known_os.h"
#include "core/workload/machine_import.h"
#include "core/workload/workload_info.h"

#include <QByteArray>
#include <QStringList>

#include <memory>
#include <vector>

namespace twinhull {

/// What a machine would be: what was asked, with what was left out filled in, and why.
struct MachineAdvice {
    std::optional<KnownOs> system; ///< the one that was named, else that on the medium where it tells
    MachineImport machine;
    QStringList reasons; ///< a sentence about each choice
    QStringList warnings; ///< what stands against it: what is not understood, what this computer has not
    std::uint64_t hostMemoryBytes = 0; ///< all of another computer that was asked; 0: not known
    int hostCpus = 0; ///< likewise
};

/// Machines from media, disks and appliances. Jobs are handed out unstarted; `into` is written before they end.
class MachineMaking {
public:
    virtual ~MachineMaking() = default;

    /// Looks at the medium or disk, at the system (by its id, else by the medium) and at this computer. Refuses what
    /// make() would refuse of the files; a name need not be there yet.
    virtual std::unique_ptr<Job> advise(
        const MachineImport& asked, const QString& systemId, std::shared_ptr<MachineAdvice> into)
        = 0;
    /// The definition that make() would give to libvirt; makes nothing.
    virtual std::unique_ptr<Job> describe(const MachineImport& machine, std::shared_ptr<QByteArray> xml) = 0;
    /// With progress; leaves nothing where it fails or is cancelled.
    virtual std::unique_ptr<Job> make(const MachineImport& machine) = 0;
    /// All systems that are known, by their ids.
    virtual std::unique_ptr<Job> listSystems(std::shared_ptr<std::vector<KnownOs>> into) = 0;
    /// startWarning() of core/workload/start_room.h with what is available now, where these would run on this computer.
    virtual QString warningAtStart(const std::vector<WorkloadInfo>&) const { return {}; }
};

/// A provider whose workloads are machines; found by dynamic_cast.
class HasMachineMaking {
public:
    virtual ~HasMachineMaking() = default;

    virtual MachineMaking& making() = 0;
};

} // namespace twinhull
