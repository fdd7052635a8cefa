// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/vms/link/libvirt_handles.h"

#include <functional>

namespace twinhull {

/// Runs `call` on a thread of its own, which blocks as long as libvirt does, and tells its progress by the domain's job
/// meanwhile; a cancelled job is aborted where libvirt can. The error of an aborted one is Cancelled. Blocks.
Result<> followDomainJob(virDomainPtr domain, JobContext& context, const std::function<Result<>()>& call);

/// The same for a `call` that loads a saved memory into `domain`, which libvirt tells nothing about meanwhile: no
/// progress, and a cancelled one is forced off. Cancelled then means that it is off.
Result<> followRestore(virDomainPtr domain, JobContext& context, const std::function<Result<>()>& call);

/// A block job that ended without its work done; libvirt does not keep why.
Error mergingFailed(const QString& disk);

/// How a block job ends: a Plain one by itself, TakenOver by our word. libvirt keeps nothing of one that failed.
enum class BlockJobEnd { Plain, TakenOver };

/// Waits for the block job of a disk ("vda") that was begun, with progress; of one into the active disk until it can be
/// taken over, and takes it over: such a job that is gone before that has failed. Whether a Plain one succeeded, the
/// disk's layers tell. Cancelled, the disk stays as it was. Blocks.
Result<> followBlockJob(virDomainPtr domain, const QString& disk, BlockJobEnd end, JobContext& context);

} // namespace twinhull
