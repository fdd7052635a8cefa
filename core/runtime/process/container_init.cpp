// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/container_init.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/runtime/mounts/devices.h"
#include "core/runtime/mounts/hidden_paths.h"
#include "core/runtime/mounts/mounter.h"
#include "core/runtime/namespaces/loopback.h"
#include "core/runtime/namespaces/sysctls.h"
#include "core/runtime/namespaces/user_namespace.h"
#include "core/runtime/process/console.h"
#include "core/runtime/process/descriptors.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/process/program_search.h"
#include "core/runtime/process/security_labels.h"
#include "core/runtime/process/start_gate.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

using oci::NamespaceKind;

Result<> awaitMessage(const SyncChannel& sync, SyncKind kind)
{
    auto received = sync.receive();
    if (!received)
        return std::move(received).error();
    if (!*received || (*received)->message.kind != kind)
        return Error{ ErrorCode::Cancelled, "hull ended before the container was made", 0, {} };
    return {};
}

/// Dies with hull until the container is handed over; unreadable for others (CVE-2016-9962).
Result<> guard()
{
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "guard the new process");
    return {};
}

Result<> setNames(Syscalls& calls, const InitPlan& plan)
{
    if (!plan.spec.hostname.empty()) { // decoding has seen that there is a uts namespace for it
        if (auto set = calls.setHostname(plan.spec.hostname); !set)
            return set;
    }
    return plan.spec.domainname.empty() ? Result<>() : calls.setDomainname(plan.spec.domainname);
}

bool bringsOwnDevices(const oci::RuntimeSpec& spec)
{
    for (const auto& mount : spec.mounts) {
        const bool isDev = mount.destination == "/dev" || mount.destination == "/dev/";
        if (isDev && mount.type != "tmpfs")
            return true;
    }
    return false;
}

bool hasDeviceFileSystem(const oci::RuntimeSpec& spec)
{
    for (const auto& mount : spec.mounts) {
        if (mount.destination == "/dev" && mount.type == "tmpfs")
            return true;
    }
    return false;
}

/// exec may give a program more than the container has: that is the operator's word.
bool canMakeNodes(const oci::Process& process)
{
    if (!process.capabilities)
        return false;
    const auto& names = process.capabilities->bounding;
    return std::find(names.begin(), names.end(), "CAP_MKNOD") != names.end();
}

NodeSource nodeSourceOf(const InitPlan& plan)
{
    if (plan.root.isInUserNamespace)
        return NodeSource::BindFromHost;
    return canMakeNodes(plan.entrypoint.process) || !hasDeviceFileSystem(plan.spec) ? NodeSource::MakeAsMounts
                                                                                    : NodeSource::Make;
}

Result<> makeDevices(Syscalls& calls, const InitPlan& plan, const RootFd& root)
{
    if (bringsOwnDevices(plan.spec))
        return {};
    const auto source = nodeSourceOf(plan);
    if (auto made = populateDevices(calls, root, plan.spec.linux_.devices, source); !made)
        return made;
    return linkDevices(root);
}

Result<> protectPaths(Syscalls& calls, const InitPlan& plan, const RootFd& root)
{
    const auto& linux_ = plan.spec.linux_;
    if (hasDeviceFileSystem(plan.spec) && nodeSourceOf(plan) != NodeSource::Make) {
        if (auto closed = closeDeviceFolder(calls, root); !closed)
            return closed;
    }
    if (auto made = makeReadonly(calls, root, linux_.readonlyPaths); !made)
        return made;
    if (auto masked = maskPaths(calls, root, linux_.maskedPaths, linux_.mountLabel); !masked)
        return masked;
    if (!plan.spec.root.readonly)
        return {};
    return calls.changeMount(root.fd(), { MOUNT_ATTR_RDONLY, 0, 0, 0 }).withContext("make the root read-only");
}

Result<> mountEverything(Syscalls& calls, const InitPlan& plan, const RootFd& root, const SyncChannel& sync)
{
    Mounter mounter(calls, root,
        { plan.bundle, plan.root.isInUserNamespace, plan.spec.linux_.gidMappings, plan.spec.linux_.mountLabel,
            &plan.mappedMounts, false, "config.json: mounts" });
    auto mounted = mounter.mountAll(plan.spec.mounts);
    for (const auto& warning : mounter.warnings())
        (void)sync.send(SyncMessage::warning(warning)); // a warning that cannot be told must not stop the container
    return mounted ? makeDevices(calls, plan, root) : std::move(mounted);
}

Result<> showRootPropagation(Syscalls& calls, const InitPlan& plan, const RootFd& root)
{
    const std::string& asked = plan.root.propagation;
    const std::uint64_t flag = asked.find("shared") != std::string::npos ? MS_SHARED
        : asked.find("unbindable") != std::string::npos                  ? MS_UNBINDABLE
                                                                         : 0;
    return flag == 0 ? Result<>()
                     : calls.changeMount(root.fd(), { 0, 0, flag, 0 }).withContext("set the root's propagation");
}

Result<> setUpNetwork(const InitPlan& plan)
{
    if (plan.namespaces.makes(NamespaceKind::Network)) {
        if (auto up = bringLoopbackUp(); !up)
            return up;
    }
    return writeSysctls(plan.spec.linux_.sysctl, plan.namespaces);
}

/// fuse-overlayfs stands outside, where the container can neither see nor end it, but with the container's ids. Its end
/// comes with that of this mount namespace.
Result<> offerRootDevice(const InitPlan& plan, const SyncChannel& sync, const UniqueFd& device)
{
    if (plan.namespaces.hasOwn(NamespaceKind::User)) {
        auto users = openPath("/proc/self/ns/user", O_RDONLY); // hull may not look into /proc of this process
        if (!users)
            return std::move(users).error();
        if (auto told = sync.send(SyncMessage::of(SyncKind::RootUsers), users->fd()); !told)
            return told;
    }
    if (auto told = sync.send(SyncMessage::of(SyncKind::RootDevice), device.fd()); !told)
        return told;
    return awaitMessage(sync, SyncKind::GoOn);
}

/// Hooks that see the container's mounts and still find their programs on the host: first those of the host's side.
Result<> runHooksBeforePivot(const InitPlan& plan, const SyncChannel& sync)
{
    const auto& hooks = plan.spec.hooks;
    if (!hooks.prestart.empty() || !hooks.createRuntime.empty()) {
        if (auto told = sync.send(SyncMessage::of(SyncKind::Prepared)); !told)
            return told;
        if (auto ran = awaitMessage(sync, SyncKind::GoOn); !ran)
            return ran;
    }
    if (hooks.createContainer.empty())
        return {};
    oci::ContainerView view{ plan.entrypoint.record, oci::ContainerStatus::Creating };
    view.record.pid = ::getpid(); // as the container sees it
    return runHooks("createContainer", hooks.createContainer, view);
}

Result<> enterNamespaces(const InitPlan& plan, const SyncChannel& sync)
{
    ::umask(0); // modes are given as they shall be
    if (!plan.namespaces.makes(NamespaceKind::User)) {
        if (auto guarded = guard(); !guarded)
            return guarded;
    }
    if (auto told = sync.send(SyncMessage::of(SyncKind::Started, monotonicNanoseconds())); !told)
        return told;
    if (plan.isEquippedFromOutside()) {
        if (auto equipped = awaitMessage(sync, SyncKind::Equipped); !equipped)
            return equipped;
    }
    if (plan.namespaces.hasOwn(NamespaceKind::User)) {
        if (auto became = becomeRootOfUserNamespace(plan.entrypoint.mayNotSetGroups); !became)
            return became;
    }
    if (::setsid() < 0)
        return Error::fromErrno(errno, "start a session");
    if (plan.keyring == Keyring::Own) // a kernel without keyrings has none to share
        (void)::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
    return plan.namespaces.hasOwn(NamespaceKind::User) ? guard() : Result<>(); // the change of user took it away
}

/// An ordinary user's network helper opens this process's namespaces while it waits, which /proc grants for a dumpable
/// process only. Nothing else of the container runs yet where the pid namespace is new, so nobody inside can look
/// (CVE-2016-9962).
Result<SyncChannel> waitInSight(const InitPlan& plan, SyncChannel& creator)
{
    const bool isAlone = plan.namespaces.makes(NamespaceKind::User) && plan.namespaces.makes(NamespaceKind::Pid);
    if (isAlone && ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "become readable while waiting");
    creator.close(); // `hull create` ends now, and the next may look
    auto opened = waitAtGate(plan.gate);
    if (isAlone && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "become undumpable");
    return opened;
}

Error run(Syscalls& calls, const InitPlan& plan, SyncChannel& sync)
{
    if (auto entered = enterNamespaces(plan, sync); !entered)
        return std::move(entered).error();
    auto console = buildSurroundings(calls, plan, sync);
    if (!console)
        return std::move(console).error();
    if (plan.gate) { // engines expect `create` to say it, not `start`
        if (auto found = requireProgram(plan.entrypoint.process); !found)
            return std::move(found).error();
    }
    const int master = *console ? (*console)->fd() : -1;
    if (auto told = sync.send(SyncMessage::of(SyncKind::Ready, monotonicNanoseconds()), master); !told)
        return std::move(told).error();
    console->reset();
    if (auto proceed = awaitMessage(sync, SyncKind::Proceed); !proceed)
        return std::move(proceed).error();
    if (plan.gate) {
        (void)::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0); // handed over
        auto opened = waitInSight(plan, sync);
        if (!opened)
            return std::move(opened).error();
        sync = *std::move(opened);
    }
    if (plan.keyring == Keyring::Own) {
        if (auto joined = joinLabelledKeyring(plan.entrypoint.process); !joined)
            return std::move(joined).error();
    }
    return becomeEntrypoint(plan.entrypoint, sync);
}

} // namespace

Result<std::optional<UniqueFd>> buildSurroundings(Syscalls& calls, const InitPlan& plan, const SyncChannel& sync)
{
    if (auto named = setNames(calls, plan); !named)
        return std::move(named).error();
    if (auto network = setUpNetwork(plan); !network)
        return std::move(network).error();
    auto root = mountRootFilesystem(
        calls, plan.root, [&](const UniqueFd& device) { return offerRootDevice(plan, sync, device); });
    if (!root)
        return std::move(root).error();
    if (auto mounted = mountEverything(calls, plan, *root, sync); !mounted)
        return std::move(mounted).error();
    std::optional<Console> console;
    if (plan.entrypoint.process.terminal) {
        auto opened = openConsole(*root, plan.entrypoint.process);
        if (!opened)
            return std::move(opened).error();
        console = *std::move(opened);
        if (auto shown = mountConsole(calls, *root, *console); !shown)
            return std::move(shown).error();
    }
    if (auto protectedPaths = protectPaths(calls, plan, *root); !protectedPaths)
        return std::move(protectedPaths).error();
    if (auto ran = runHooksBeforePivot(plan, sync); !ran)
        return std::move(ran).error();
    const OldRoot old = sharesWithHost(plan.root) ? OldRoot::SeenByHost : OldRoot::Apart;
    if (auto entered = enterRoot(calls, *root, old); !entered)
        return std::move(entered).error();
    if (auto shown = showRootPropagation(calls, plan, *root); !shown)
        return std::move(shown).error();
    if (!console)
        return std::optional<UniqueFd>();
    if (auto adopted = adoptConsole(*console); !adopted)
        return std::move(adopted).error();
    return std::optional<UniqueFd>(std::move(console->master));
}

[[noreturn]] void runContainerInit(Syscalls& calls, const InitPlan& plan, SyncChannel sync)
{
    std::vector<int> kept{ sync.fd(), plan.gate.fd() };
    for (const auto& [index, mount] : plan.mappedMounts)
        kept.push_back(mount.fd());
    auto closed = closeDescriptorsExcept(std::move(kept), plan.entrypoint.preserveFds);
    const Error error = closed ? run(calls, plan, sync) : std::move(closed).error();
    (void)sync.send(SyncMessage::failure(error)); // nobody listens any more: nobody to tell
    ::_exit(1);
}

} // namespace twinhull::runtime
