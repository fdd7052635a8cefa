// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/vms/libvirt_handles.h"

#include <functional>

namespace twinhull {

/// Runs `call` on a thread of its own, which blocks as long as libvirt does, and tells its progress by the domain's job
/// meanwhile; a cancelled job is aborted where libvirt can. The error of an aborted one is Cancelled. Blocks.
Result<> followDomainJob(virDomainPtr domain, JobContext& context, const std::function<Result<>()>& call);

/// Waits for the block job of a disk ("vda") that was begun, with progress; of one into the active disk until it can be
/// taken over, and takes it over. Cancelled, the disk stays as it was. Blocks.
Result<> followBlockJob(virDomainPtr domain, const QString& disk, JobContext& context);

} // namespace twinhull
