// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/domain_job.h"

#include "core/jobs/unbounded_call.h"

#include <chrono>
#include <future>
#include <optional>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kJobCheck{ 250 };
constexpr std::chrono::milliseconds kBlockJobCheck{ 100 };

Result<> takeOver(virDomainPtr domain, const QByteArray& disk)
{
    return virDomainBlockJobAbort(domain, disk.constData(), VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT) == 0
        ? Result<>()
        : Result<>(libvirtError("take over the merged disk"));
}

} // namespace

Error mergingFailed(const QString& disk)
{
    return { ErrorCode::Unknown, "QEMU could not merge the layers of " + disk.toStdString() + " and gave up", 0,
        "Nothing is lost: the machine goes on in its layers. Most often the file system of the lower layer is full. "
        "Make room there, then shut the machine down and merge them with: qemu-img commit -d LAYER" };
}

Result<> followDomainJob(virDomainPtr domain, JobContext& context, const std::function<Result<>()>& call)
{
    auto running = std::async(std::launch::async, call); // libvirt keeps its errors by thread
    bool isAborted = false;
    std::optional<UnboundedCall> ending; // a QEMU that hangs does not end it either
    while (running.wait_for(kJobCheck) != std::future_status::ready) {
        if (context.isCancelled() && !ending)
            ending.emplace();
        virDomainJobInfo info{};
        if (virDomainGetJobInfo(domain, &info) == 0 && info.dataTotal > 0)
            context.setProgress(static_cast<qint64>(info.dataProcessed), static_cast<qint64>(info.dataTotal));
        if (context.isCancelled() && !isAborted)
            isAborted = virDomainAbortJob(domain) == 0;
    }
    auto done = running.get();
    if (!done && isAborted)
        return Error{ ErrorCode::Cancelled, "cancelled: it runs on", 0, {} };
    return done;
}

Result<> followRestore(virDomainPtr domain, JobContext& context, const std::function<Result<>()>& call)
{
    auto running = std::async(std::launch::async, call);
    bool isForcedOff = false;
    std::optional<UnboundedCall> ending;
    while (running.wait_for(kJobCheck) != std::future_status::ready) { // to ask for its job would wait for the call
        if (!context.isCancelled())
            continue;
        if (!ending)
            ending.emplace();
        if (!isForcedOff) // fails until its QEMU is there
            isForcedOff = virDomainDestroy(domain) == 0;
    }
    auto done = running.get();
    if (isForcedOff)
        return Error{ ErrorCode::Cancelled, "cancelled: it is off, and the file is as it was", 0, {} };
    return done;
}

Result<> followBlockJob(virDomainPtr domain, const QString& disk, BlockJobEnd end, JobContext& context)
{
    const QByteArray name = disk.toUtf8();
    for (;; (void)context.waitForCancel(kBlockJobCheck)) { // libvirt tells of it by events to a thread of its own only
        virDomainBlockJobInfo info{};
        const int known = virDomainGetBlockJobInfo(domain, name.constData(), &info, 0);
        if (known < 0)
            return libvirtError("follow the merging of disks");
        if (known == 0)
            return end == BlockJobEnd::Plain ? Result<>() : Result<>(mergingFailed(disk));
        if (context.isCancelled()) {
            (void)virDomainBlockJobAbort(domain, name.constData(), 0);
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        }
        if (info.end > 0)
            context.setProgress(static_cast<qint64>(info.cur), static_cast<qint64>(info.end));
        const bool isReady
            = info.type == VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT && info.end > 0 && info.cur == info.end;
        if (isReady)
            return takeOver(domain, name);
    }
}

} // namespace twinhull
