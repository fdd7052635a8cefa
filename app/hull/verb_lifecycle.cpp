// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/runtime/cgroups/freezer.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/process/ready_notice.h"
#include "core/runtime/process/seccomp_agent.h"
#include "core/runtime/process/start_gate.h"

#include <optional>

namespace twinhull::hull {

namespace {

using namespace runtime;
using oci::ContainerStatus;

Result<> runPoststartHooks(const OpenContainer& container)
{
    if (!container.record.hasPoststart)
        return {};
    auto spec = container.folder.readConfig();
    if (!spec)
        return std::move(spec).error();
    return runHooks("poststart", spec->hooks.poststart, { container.record, ContainerStatus::Running });
}

/// What failed leaves a stopped container: whoever created it deletes it.
Error stop(const OpenContainer& container, GivenNetDevices& devices, Error error)
{
    if (auto ended = endContainer(container.record); !ended)
        warn(ended.error().message.c_str());
    if (auto back = devices.takeBack(); !back)
        warn(back.error().message.c_str());
    return error;
}

/// config.json is read for those only that have an agent.
Result<> passListenerOn(const OpenContainer& container, const UniqueFd& listener)
{
    auto spec = container.folder.readConfig();
    if (!spec)
        return std::move(spec).error();
    const auto& seccomp = spec->linux_.seccomp;
    return tellSeccompAgent(seccomp ? seccomp->agent : oci::SeccompAgent(),
        { container.record, ContainerStatus::Created }, container.record.pid, listener);
}

/// Where `create` and `start` were called by somebody who wants to hear that the program is ready.
Result<std::optional<ReadyNotice>> noticeOf(const OpenContainer& container)
{
    const std::string listener = ReadyNotice::listener();
    if (listener.empty() || !ReadyNotice::hasFolder(container.folder.fd()))
        return std::optional<ReadyNotice>();
    auto bound = ReadyNotice::bind(container.folder.fd(), listener);
    return bound ? Result(std::optional(*std::move(bound))) : std::move(bound).error();
}

/// Others can get at the container meanwhile. That nobody could be told is no reason to end what runs.
void awaitNotice(const ReadyNotice& notice, OpenContainer& container)
{
    container.folder.unlock();
    auto pidfd = watchProcess(container.record);
    if (!pidfd)
        return; // ended already
    if (auto told = notice.await(*pidfd, container.record.pid); !told)
        warn(told.error().toLine().c_str());
}

Result<> requireCgroup(const OpenContainer& container, const std::string& what)
{
    if (!container.record.cgroup.empty())
        return {};
    return Error{ ErrorCode::Unsupported,
        "cannot " + what + " " + container.record.id + ": it has no cgroup of its own, which is what can be held still",
        0, "Start it with --cgroup-manager cgroupfs on a computer with cgroup v2" };
}

} // namespace

Result<int> startVerb(const Globals& globals, const Words& words)
{
    auto addressed = openAddressed(globals, words, {});
    if (!addressed)
        return std::move(addressed).error();
    auto& container = addressed->container;
    if (container.status != ContainerStatus::Created)
        return wrongStatus(container, "start", "Only a created container can be started, and once");
    GivenNetDevices devices;
    if (auto held = devices.resume(kernelSyscalls(), container.record.netDevices, container.record.pid); !held)
        return std::move(held).error();
    auto notice = noticeOf(container); // before the program runs
    if (!notice)
        return std::move(notice).error();
    auto executed = openGate(
        container.folder.fd(), [&](const UniqueFd& listener) { return passListenerOn(container, listener); });
    removeGate(container.folder.fd());
    if (!executed)
        return stop(container, devices, std::move(executed).error());
    writeMark(globals, "exec", *executed);
    if (auto ran = runPoststartHooks(container); !ran)
        return stop(container, devices, std::move(ran).error());
    if (*notice)
        awaitNotice(**notice, container);
    return 0;
}

Result<int> pauseVerb(const Globals& globals, const Words& words)
{
    auto addressed = openAddressed(globals, words, {});
    if (!addressed)
        return std::move(addressed).error();
    const auto& container = addressed->container;
    if (container.status != ContainerStatus::Running && container.status != ContainerStatus::Created)
        return wrongStatus(container, "pause", {});
    auto done = requireCgroup(container, "pause");
    if (done)
        done = freezeCgroup(container.record.cgroup);
    return done ? Result<int>(0) : std::move(done).error();
}

Result<int> resumeVerb(const Globals& globals, const Words& words)
{
    auto addressed = openAddressed(globals, words, {});
    if (!addressed)
        return std::move(addressed).error();
    const auto& container = addressed->container;
    if (auto checked = requireCgroup(container, "resume"); !checked)
        return std::move(checked).error();
    if (container.status == ContainerStatus::Stopped || !isCgroupFrozen(container.record.cgroup))
        return wrongStatus(container, "resume", "Only a paused container can be resumed");
    auto done = thawCgroup(container.record.cgroup);
    return done ? Result<int>(0) : std::move(done).error();
}

} // namespace twinhull::hull
