// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/jobs/thread_job.h"
#include "core/vms/snapshots/domain_snapshot.h"
#include "core/vms/link/libvirt_link.h"
#include "core/workload/workload_connection.h"

#include <chrono>
#include <memory>

namespace twinhull {

/// What the blocking work on VMs needs: values and thread-safe things only.
struct VmToolbox {
    std::shared_ptr<LibvirtLink> link;
    DataFolders folders;
    QString uri; ///< as the person gave it
    QString connection; ///< its name; empty: the home connection
    HypervisorPlace place = HypervisorPlace::Here;
    std::chrono::seconds powerButtonDeadline{ 60 };

    /// What a domain's workload, and our folder of it, is named by.
    QString keyOf(const QString& uuid) const { return keyOn(connection, uuid); }
};

/// Starts a domain and, where it has our agent, waits until the entrypoint runs. All or nothing: a VM that does not get
/// there is stopped again. Worker threads only, as everything here.
Result<> startVm(const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context);

/// What to do about a start that failed, by what libvirt and QEMU said of it; empty where they say nothing known.
std::string startHint(const std::string& message);

/// One that is paused goes on first. Asks the agent, whose guest is destroyed when it does not end in time, as `docker
/// stop` does; without an agent of ours asks qemu-guest-agent, else presses the power button, and a guest that does not
/// follow in time runs on (Timeout, with what was tried). Succeeds when the VM is known to be off.
Result<> stopVm(const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context);
Result<> forceOffVm(const VmToolbox& tools, const QString& uuid);
Result<> pauseVm(const VmToolbox& tools, const QString& uuid);
Result<> resumeVm(const VmToolbox& tools, const QString& uuid);
/// The definition with all that libvirt keeps beside it, and our folder of it; no disk outside that folder.
Result<> removeVm(const VmToolbox& tools, const QString& uuid, JobContext& context);
/// What is left of one that libvirt does not know any more.
Result<> removeFilesOfVm(const VmToolbox& tools, const QString& uuid);

/// Publishes the ports of a VM that others started; silent when all are published already.
Result<> publishPortsOf(const VmToolbox& tools, const DomainSnapshot& vm);

} // namespace twinhull
