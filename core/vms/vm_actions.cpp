// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_actions.h"

#include "core/base/files.h"
#include "core/vms/bin/bin_claim.h"
#include "core/vms/guest/guest_channel.h"
#include "core/vms/guest/guest_exec.h"
#include "core/vms/guest/guest_facts.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/making/vm_clone.h"
#include "core/vms/disks/vm_folder.h"
#include "core/vms/disks/vm_orphans.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kAgentAnswerDeadline{ 5 };
constexpr std::chrono::seconds kAgentStopDeadline{ 20 }; ///< the guest's own grace and a slow power off
constexpr std::chrono::seconds kSettleDeadline{ 10 };
constexpr std::chrono::milliseconds kCancelCheck{ 250 };

QString tr(const char* text)
{
    return QCoreApplication::translate("VmActions", text);
}

/// Calls libvirt on that domain and reads it again, whatever came of it.
template <typename Call>
Result<> onDomain(const VmToolbox& tools, const QString& uuid, const char* what, Call call)
{
    auto open = openDomain(tools, uuid);
    if (!open)
        return std::move(open).error().withContext(what);
    const bool succeeded = call(open->get()) == 0;
    auto error = succeeded ? Result<>() : Result<>(libvirtError(what));
    tools.link->refresh(uuid);
    return error;
}

Result<> waitOrCancel(
    const VmToolbox& tools, const QString& uuid, std::chrono::milliseconds deadline, const JobContext& context)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (std::chrono::steady_clock::now() < end) {
        if (tools.link->waitUntilInactive(uuid, kCancelCheck))
            return {};
        if (context.isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled: the VM was asked to shut down and may still do so", 0, {} };
    }
    return Error{ ErrorCode::Timeout, "the guest did not shut down in time", 0, {} };
}

/// What our own agent says to it; one that is gone already has ended.
Result<> askOurAgent(const DomainSnapshot& vm, const JobContext& context)
{
    auto answer = askGuest(vm.description.agentSocket, GuestAsk::Shutdown, kAgentAnswerDeadline,
        [&context] { return context.isCancelled(); });
    const bool hasEnded = !answer && answer.error().code == ErrorCode::Unavailable;
    return answer || hasEnded ? Result<>() : Result<>(std::move(answer).error());
}

/// Why a guest with a system of its own was not asked by its agent, as the end of a sentence.
std::string agentsAbsence(int libvirtCode, const Error& error)
{
    const auto agent = agentBy(libvirtCode);
    if (!agent)
        return "qemu-guest-agent refused: " + error.message;
    return *agent == GuestFacts::Agent::Silent ? "qemu-guest-agent was asked first and did not answer"
                                               : "there is no qemu-guest-agent to ask";
}

/// A guest with a system of its own: by qemu-guest-agent, which answers in some seconds or not at all, else by the
/// power button. What was tried, in words.
Result<std::string> askSystem(const VmToolbox& tools, const DomainSnapshot& vm, const JobContext& context)
{
    int code = VIR_ERR_OK;
    const auto byAgent = onDomain(tools, vm.info.id.key, "ask qemu-guest-agent", [&code](virDomainPtr domain) {
        const int done = virDomainShutdownFlags(domain, VIR_DOMAIN_SHUTDOWN_GUEST_AGENT);
        if (done != 0)
            code = virGetLastErrorCode();
        return done;
    });
    if (byAgent)
        return std::string("being asked by qemu-guest-agent");
    if (hasBrokenOff(byAgent.error()) || context.isCancelled())
        return byAgent.error();
    auto pressed = onDomain(tools, vm.info.id.key, "press the power button",
        [](virDomainPtr domain) { return virDomainShutdownFlags(domain, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN); });
    if (pressed)
        return "the power button (" + agentsAbsence(code, byAgent.error()) + ")";
    if (tools.link->waitUntilInactive(vm.info.id.key, kCancelCheck)) // it ended by itself meanwhile
        return std::string("ending by itself");
    return std::move(pressed).error();
}

/// What was tried, in words.
Result<std::string> askToEnd(const VmToolbox& tools, const DomainSnapshot& vm, const JobContext& context)
{
    if (!vm.description.hasAgent())
        return askSystem(tools, vm, context);
    auto asked = askOurAgent(vm, context);
    return asked ? Result<std::string>(std::string()) : Result<std::string>(std::move(asked).error());
}

/// A guest with a system of its own may be writing its disks: only the person may cut it off.
Error stillRuns(const DomainSnapshot& vm, std::chrono::seconds deadline, const std::string& tried)
{
    return Error{ ErrorCode::Timeout,
        "the guest did not shut down within " + std::to_string(deadline.count()) + " s of " + tried + " and still runs",
        0, "Wait for it, or force it off: twinhullctl stop --force " + vm.info.name.toStdString() };
}

/// It may end by itself before, and while, it is asked to.
int destroyIfActive(virDomainPtr domain)
{
    const bool isOff = virDomainIsActive(domain) == 0 || virDomainDestroy(domain) == 0;
    return isOff || virDomainIsActive(domain) == 0 ? 0 : -1;
}

int undefineWithAll(virDomainPtr domain)
{
    constexpr unsigned kBasic = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    constexpr unsigned kAll = kBasic | VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA;
    if (virDomainUndefineFlags(domain, kAll) == 0 || virDomainUndefineFlags(domain, kBasic) == 0)
        return 0;
    return virDomainUndefine(domain); // drivers that know no such flags
}

/// Why it could not be claimed: another program is at work on it, or it is of another libvirt.
bool isOthersFolder(const Error& error)
{
    return error.code == ErrorCode::Busy || error.code == ErrorCode::Cancelled || error.code == ErrorCode::Unsupported;
}

} // namespace

Result<> forceOffVm(const VmToolbox& tools, const QString& uuid)
{
    auto done = onDomain(tools, uuid, "force off", destroyIfActive);
    if (!done)
        return done;
    auto off = tools.link->waitUntilInactive(uuid, kSettleDeadline);
    if (off)
        return off;
    return std::move(off).error().withContext("force off").withHint("See what became of it, then force it off again.");
}

Result<> stopVm(const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context)
{
    const std::string what = "stop " + vm.info.name.toStdString();
    const bool hasAgent = vm.description.hasAgent();
    const std::chrono::seconds deadline = hasAgent ? kAgentStopDeadline : tools.powerButtonDeadline;
    if (vm.info.state == WorkloadState::Paused) { // it could not hear it
        context.setStep(tr("Letting it go on"));
        if (auto resumed = resumeVm(tools, vm.info.id.key); !resumed)
            return std::move(resumed).withContext(what);
    }
    context.setStep(tr("Asking the guest to shut down"));
    auto asked = askToEnd(tools, vm, context);
    if (asked) {
        auto waited = waitOrCancel(tools, vm.info.id.key, deadline, context);
        if (waited || waited.error().code == ErrorCode::Cancelled)
            return waited;
    }
    if (context.isCancelled())
        return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    if (!hasAgent)
        return (asked ? stillRuns(vm, deadline, *asked) : std::move(asked).error()).withContext(what);
    context.setStep(tr("Forcing it off"));
    return forceOffVm(tools, vm.info.id.key).withContext(what);
}

Result<> pauseVm(const VmToolbox& tools, const QString& uuid)
{
    return onDomain(tools, uuid, "pause", [](virDomainPtr domain) { return virDomainSuspend(domain); });
}

Result<> resumeVm(const VmToolbox& tools, const QString& uuid)
{
    return onDomain(tools, uuid, "resume", [](virDomainPtr domain) {
        int state = 0;
        const bool isAsleep
            = virDomainGetState(domain, &state, nullptr, 0) == 0 && state == VIR_DOMAIN_PMSUSPENDED; // by itself
        return isAsleep ? virDomainPMWakeup(domain, 0) : virDomainResume(domain);
    });
}

Result<> removeVm(const VmToolbox& tools, const QString& uuid, JobContext& context)
{
    const VmFolder folder(tools.folders, uuid);
    const auto claim = claimForBin(tools, folder, context); // else another program says that it is in the bin
    const auto hasRecord = [&folder] { return exists(folder.binRecordPath().toStdString()); };
    if (!claim && (isOthersFolder(claim.error()) || hasRecord()))
        return claim.error();
    const auto open = openDomain(tools, uuid);
    if (!open)
        return open.error();
    if (auto settled = settleKnownVm(tools, *open, folder); !settled) // else its snapshots may not be known
        return settled;
    if (auto alone = checkNobodyStandsOn(tools, open->connection.get(), open->get()); !alone)
        return alone;
    auto undefined = onDomain(tools, uuid, "remove",
        [](virDomainPtr domain) { return destroyIfActive(domain) == 0 ? undefineWithAll(domain) : -1; });
    if (undefined && !claim && hasRecord()) // there was no folder: whoever made it puts the VM into the bin
        return Error{ ErrorCode::Busy, "another program put it into the bin meanwhile", 0,
            "Remove it from there: twinhullctl bin remove " + uuid.toStdString() };
    return undefined ? removeFilesOfVm(tools, uuid) : std::move(undefined);
}

Result<> removeFilesOfVm(const VmToolbox& tools, const QString& uuid)
{
    const VmFolder folder(tools.folders, uuid);
    QStringList sockets = folder.sessionSocketPaths();
    sockets << folder.agentSocketPath() << folder.qemuAgentSocketPath();
    for (const QString& socket : sockets) {
        (void)removeTree(socket.toStdString()); // QEMU leaves it when it is killed
        (void)removeTree(sessionLockPath(socket).toStdString());
    }
    QStringList paths = vmFoldersOf(tools, uuid);
    if (paths.removeOne(folder.path()))
        paths << folder.path(); // the last: what is known of the removal is in it
    for (const QString& path : paths) {
        if (auto gone = removeVmFolder(path); !gone)
            return std::move(gone).error().withContext("remove its files");
    }
    return {};
}

} // namespace twinhull
