// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

    /// Whose agent is being asked.
    struct Asked {
        std::mutex mutex;
        std::set<QString> machines;
    };

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
    std::shared_ptr<Asked> m_asked = std::make_shared<Asked>();
};

} // namespace twinhull
