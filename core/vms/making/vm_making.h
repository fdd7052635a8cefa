// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/making/vm_creation.h"
#include "core/vms/vm_options.h"
#include "core/workload/machine_making.h"

namespace twinhull {

/// Makes domains of one connection from media and disks. Its jobs work on the pool's threads.
class VmMaking : public MachineMaking {
public:
    /// `calls` must outlive the jobs.
    VmMaking(VmToolbox tools, VmOptions options, QThreadPool* calls)
        : m_tools(std::move(tools)), m_options(std::move(options)), m_calls(calls)
    {
    }

    std::unique_ptr<Job> advise(
        const MachineImport& asked, const QString& systemId, std::shared_ptr<MachineAdvice> into) override;
    std::unique_ptr<Job> describe(const MachineImport& machine, std::shared_ptr<QByteArray> xml) override;
    std::unique_ptr<Job> make(const MachineImport& machine) override;
    std::unique_ptr<Job> listSystems(std::shared_ptr<std::vector<KnownOs>> into) override;
    QString warningAtStart(const std::vector<WorkloadInfo>& workloads) const override;

private:
    using MakingWork = std::function<Result<>(const VmToolbox&, const VmIngredients&, JobContext&)>;
    std::unique_ptr<Job> jobOf(const QString& title, const MachineImport& machine, MakingWork work);

    VmToolbox m_tools;
    VmOptions m_options;
    QThreadPool* m_calls;
};

} // namespace twinhull
