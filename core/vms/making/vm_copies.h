// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_copies.h"

namespace twinhull {

/// Renames, clones and photographs the domains of one connection. Its jobs call libvirt on the pool's threads.
class VmCopies : public MachineCopies {
public:
    /// `calls` must outlive the jobs.
    VmCopies(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> rename(const WorkloadInfo& machine, const QString& name) override;
    std::unique_ptr<Job> clone(const WorkloadInfo& machine, const CloneRequest& request) override;
    std::unique_ptr<Job> screenshot(const WorkloadInfo& machine, std::shared_ptr<QByteArray> png) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
