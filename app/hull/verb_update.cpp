// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/base/files.h"
#include "core/oci/resource_change.h"
#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/cgroups/cgroup_limits.h"
#include "core/runtime/cgroups/controllers.h"
#include "core/runtime/cgroups/limits_before.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"
#include "core/runtime/process/interruption.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace twinhull::hull {

namespace {

using namespace runtime;

/// Those of crun and runc, and what cgroup v2 has beside.
constexpr std::array<Option, 20> kOptions{ {
    { "resources", 'r', Takes::Value },
    { "memory", 0, Takes::Value },
    { "memory-reservation", 0, Takes::Value },
    { "memory-swap", 0, Takes::Value },
    { "cpu-quota", 0, Takes::Value },
    { "cpu-period", 0, Takes::Value },
    { "cpu-burst", 0, Takes::Value },
    { "cpu-idle", 0, Takes::Value },
    { "cpu-share", 0, Takes::Value },
    { "cpu-shares", 0, Takes::Value },
    { "cpuset-cpus", 0, Takes::Value },
    { "cpuset-mems", 0, Takes::Value },
    { "pids-limit", 0, Takes::Value },
    { "blkio-weight", 0, Takes::Value },
    { "kernel-memory", 0, Takes::Value },
    { "kernel-memory-tcp", 0, Takes::Value },
    { "cpu-rt-period", 0, Takes::Value },
    { "cpu-rt-runtime", 0, Takes::Value },
    { "l3-cache-schema", 0, Takes::Value },
    { "mem-bw-schema", 0, Takes::Value },
} };

/// Sets `value` where the option is given; -1 takes a limit away.
template <typename Number>
Result<> readLimit(const Arguments& arguments, const char* name, std::optional<Number>& value)
{
    const std::string text = arguments.value(name);
    if (text.empty())
        return {};
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
        return Error{ ErrorCode::InvalidArgument, "--" + std::string(name) + " " + text + ": expected a whole number",
            0, {} };
    value = number;
    return {};
}

void liftIfUnlimited(std::optional<std::int64_t>& value, const char* file, oci::Resources& resources)
{
    if (value && *value == -1) {
        value.reset();
        resources.unified[file] = "max";
    }
}

/// What the peers take and cgroup v2 has not, or hull does not do.
Result<> checkForeign(const Arguments& arguments)
{
    for (const char* name : { "kernel-memory", "kernel-memory-tcp", "cpu-rt-period", "cpu-rt-runtime" }) {
        if (arguments.has(name))
            warn(("--" + std::string(name) + " is left out: cgroup v2 has no such limit").c_str());
    }
    for (const char* name : { "l3-cache-schema", "mem-bw-schema" }) {
        if (arguments.has(name))
            return Error{ ErrorCode::Unsupported,
                "--" + std::string(name) + ": hull does not divide caches and memory bandwidth (resctrl)", 0,
                "Leave it out" };
    }
    return {};
}

Result<oci::Resources> resourcesOf(const Arguments& arguments)
{
    oci::Resources resources;
    auto done = readLimit(arguments, "memory", resources.memoryLimitBytes);
    if (done)
        done = readLimit(arguments, "memory-swap", resources.memorySwapBytes);
    if (done)
        done = readLimit(arguments, "memory-reservation", resources.memoryReservationBytes);
    if (done)
        done = readLimit(arguments, "cpu-quota", resources.cpuQuotaMicroseconds);
    if (done)
        done = readLimit(arguments, "cpu-period", resources.cpuPeriodMicroseconds);
    if (done)
        done = readLimit(arguments, arguments.has("cpu-share") ? "cpu-share" : "cpu-shares", resources.cpuShares);
    if (done)
        done = readLimit(arguments, "pids-limit", resources.pidsLimit);
    if (done)
        done = readLimit(arguments, "blkio-weight", resources.ioWeight);
    if (!done)
        return std::move(done).error();
    resources.cpus = arguments.value("cpuset-cpus");
    resources.mems = arguments.value("cpuset-mems");
    if (arguments.has("cpu-burst"))
        resources.unified["cpu.max.burst"] = arguments.value("cpu-burst");
    if (arguments.has("cpu-idle"))
        resources.unified["cpu.idle"] = arguments.value("cpu-idle");
    liftIfUnlimited(resources.memoryLimitBytes, "memory.max", resources);
    liftIfUnlimited(resources.memorySwapBytes, "memory.swap.max", resources);
    liftIfUnlimited(resources.memoryReservationBytes, "memory.low", resources);
    liftIfUnlimited(resources.cpuQuotaMicroseconds, "cpu.max", resources);
    liftIfUnlimited(resources.pidsLimit, "pids.max", resources);
    return resources;
}

Result<oci::Resources> resourcesFrom(const std::string& path)
{
    auto text
        = path == "-" ? readFile("/proc/self/fd/0", oci::kConfigLimitBytes) : readFile(path, oci::kConfigLimitBytes);
    const std::string name = path == "-" ? "standard input" : path;
    auto change = text ? oci::decodeResourceChange(*text, name) : std::move(text).error();
    if (!change)
        return std::move(change).error();
    for (const auto& field : change->ignored)
        warn((name + ": " + field + " is not supported and left out").c_str());
    return std::move(change->resources);
}

std::optional<std::int64_t> numberIn(std::string_view text)
{
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// Two figures of the specification are one file of cgroup v2, or count one in the other: what is not given is taken
/// from what is in force.
void complete(const std::string& cgroup, oci::Resources& resources)
{
    if (resources.memorySwapBytes && !resources.memoryLimitBytes) {
        auto current = readFile(cgroup + "/memory.max", 64);
        resources.memoryLimitBytes = current ? numberIn(*current) : std::nullopt;
    }
    if (resources.cpuQuotaMicroseconds.has_value() == resources.cpuPeriodMicroseconds.has_value())
        return;
    auto current = readFile(cgroup + "/cpu.max", 64);
    const auto space = current ? current->find(' ') : std::string::npos;
    if (space == std::string::npos)
        return;
    if (resources.cpuQuotaMicroseconds) {
        const auto period = numberIn(std::string_view(*current).substr(space + 1));
        resources.cpuPeriodMicroseconds = period ? std::optional(static_cast<std::uint64_t>(*period)) : std::nullopt;
    } else
        resources.unified["cpu.max"] = (resources.unified.count("cpu.max") != 0 ? "max" : current->substr(0, space))
            + " " + std::to_string(*resources.cpuPeriodMicroseconds);
}

/// Where systemd did not answer in time, it does later what it was asked: it gets the old values after that.
Error undo(Error error, const oci::ContainerRecord& record, const oci::Resources& resources, const LimitsBefore& before,
    bool isScopeTold)
{
    const auto told = isScopeTold
        ? limitScopeAsBefore(systemdSocket(), record.systemdScope, resources, before.resources())
        : Result<>();
    error = before.undo(std::move(error));
    if (!told)
        error.message += "; systemd may still apply it (" + told.error().message + ")";
    return error;
}

/// The files first: they say what cannot be. systemd would write the old values again when it is reloaded, so it is
/// told; and as it rounds what it writes, the files once more. Memory comes last, and where anything refuses, all get
/// back what they had. What would end this process waits meanwhile.
Result<> apply(const oci::ContainerRecord& record, const oci::Resources& resources)
{
    const Interruption heldBack;
    if (auto provided = provideControllers(CgroupHost::find(), record.cgroup, resources); !provided)
        return provided;
    const LimitsBefore before(record.cgroup, resources); // of files that came with their controller, too
    const bool hasScope = !record.systemdScope.empty();
    auto done = hasScope ? setLimitsButMemory(record.cgroup, resources) : Result<>();
    const bool isScopeTold = hasScope && done;
    if (isScopeTold)
        done = limitScope(systemdSocket(), record.systemdScope, resources);
    if (done)
        done = setLimits(record.cgroup, resources);
    return done ? Result<>() : undo(std::move(done).error(), record, resources, before, isScopeTold);
}

} // namespace

Result<int> updateVerb(const Globals& globals, const Words& words)
{
    auto addressed = openAddressed(globals, words, kOptions);
    if (!addressed)
        return std::move(addressed).error();
    const auto& [arguments, container] = *addressed;
    if (container.status == oci::ContainerStatus::Stopped)
        return wrongStatus(container, "change the limits of", {});
    const std::string& cgroup = container.record.cgroup;
    const std::string context = "update " + container.record.id;
    if (cgroup.empty())
        return Error{ ErrorCode::Unsupported, context + ": it has no cgroup of its own", 0,
            "Start it with --cgroup-manager cgroupfs on a computer with cgroup v2" };
    if (auto checked = checkForeign(arguments); !checked)
        return std::move(checked).error().withContext(context);
    auto resources = arguments.has("resources") ? resourcesFrom(arguments.value("resources")) : resourcesOf(arguments);
    if (!resources)
        return std::move(resources).error();
    complete(cgroup, *resources);
    auto done = apply(container.record, *resources);
    return done ? Result<int>(0) : std::move(done).error().withContext(context);
}

} // namespace twinhull::hull
