// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/guest/agent_line.h"
#include "core/vms/vm_actions.h"
#include "core/workload/machine_guest.h"

#include <mutex>
#include <set>

namespace twinhull {

/// Asks the agents inside the domains of one connection. Each question has a thread of its own, for an agent may hang
/// as long as it likes: the job goes on without it after a while, and until the agent has answered there is no other.
class VmGuest : public MachineGuest {
public:
    /// `calls` must outlive the jobs.
    VmGuest(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> read(const WorkloadInfo& machine, std::shared_ptr<GuestFacts> into) override;
    std::unique_ptr<Job> syncTime(const WorkloadInfo& machine) override;
    std::unique_ptr<Job> run(
        const WorkloadInfo& machine, GuestProgram program, std::shared_ptr<GuestProgramOutcome> outcome) override;
    std::unique_ptr<Job> copyOut(
        const WorkloadInfo& machine, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome> outcome) override;
    std::unique_ptr<Job> copyIn(
        const WorkloadInfo& machine, GuestFileCopy copy, std::shared_ptr<GuestFileOutcome> outcome) override;

    /// Whose agent is being asked.
    struct Asked {
        std::mutex mutex;
        std::set<QString> machines;
    };

private:
    using AgentWork = std::function<Result<>(const AgentLine&, JobContext&)>;

    /// By libvirt's limits, not ours: of each command, and so of a machine's agent that hangs.
    std::unique_ptr<Job> job(const QString& title, const WorkloadInfo& machine, std::string what, AgentWork work);

    VmToolbox m_tools;
    QThreadPool* m_calls;
    std::shared_ptr<Asked> m_asked = std::make_shared<Asked>();
};

} // namespace twinhull
