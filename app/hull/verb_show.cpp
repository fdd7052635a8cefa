// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/verbs.h"
#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/mounts/mount_options.h"
#include "core/runtime/process/capabilities.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/process/security_labels.h"
#include "core/runtime/seccomp/seccomp_filter.h"
#include "core/runtime/state/container.h"

#include <unistd.h>

#include <cstdio>

namespace twinhull::hull {

namespace {

using namespace runtime;

Result<int> print(const std::string& text)
{
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
        return Error{ ErrorCode::Io, "standard output cannot be written", 0, {} };
    return 0;
}

Result<oci::ContainerView> viewOf(const std::string& root, const std::string& id)
{
    auto folder = StateStore(root).peek(id);
    if (!folder)
        return std::move(folder).error();
    auto record = folder->readRecord();
    if (!record)
        return std::move(record).error();
    const auto status = statusOf(*folder, *record);
    return oci::ContainerView{ *std::move(record), status };
}

std::string tableOf(const std::vector<oci::ContainerView>& views)
{
    std::string table;
    char line[512];
    const auto add = [&](const char* id, const char* pid, const char* status, const char* bundle) {
        (void)std::snprintf(line, sizeof line, "%-24s %-10s %-10s %s\n", id, pid, status, bundle); // cut, not wrong
        table += line;
    };
    add("ID", "PID", "STATUS", "BUNDLE");
    for (const auto& view : views) {
        const bool isStopped = view.status == oci::ContainerStatus::Stopped;
        add(view.record.id.c_str(), std::to_string(isStopped ? 0 : view.record.pid).c_str(),
            std::string(nameOf(view.status)).c_str(), view.record.bundle.c_str());
    }
    return table;
}

} // namespace

void warn(const char* text)
{
    (void)std::fprintf(stderr, "hull: warning: %s\n", text);
}

void writeMark(const Globals& globals, const char* name, std::int64_t nanoseconds)
{
    if (globals.marksFd < 0)
        return;
    const std::string line = std::string(name) + " " + std::to_string(nanoseconds) + "\n";
    (void)!::write(globals.marksFd, line.data(), line.size()); // a figure that nobody reads
}

Result<std::string> onlyOperand(const std::vector<std::string>& operands, const char* what)
{
    if (operands.size() == 1)
        return operands[0];
    return Error{ ErrorCode::InvalidArgument,
        (operands.empty() ? "missing: " : "one operand is expected, and no more: ") + std::string(what), 0,
        "`hull --help` shows what there is" };
}

Result<int> stateVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, {}, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto id = onlyOperand(arguments->operands(), "the container's id");
    if (!id)
        return std::move(id).error();
    auto view = viewOf(globals.root, *id);
    return view ? print(encodeState(*view)) : std::move(view).error();
}

Result<int> listVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(
        words, { { "format", 'f', Takes::Value }, { "quiet", 'q', Takes::Nothing } }, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    const std::string format = arguments->value("format");
    if (!format.empty() && format != "table" && format != "json")
        return Error{ ErrorCode::InvalidArgument, "unknown format " + format, 0, "Use table or json" };
    auto ids = StateStore(globals.root).ids();
    if (!ids)
        return std::move(ids).error();
    std::vector<oci::ContainerView> views;
    std::string quiet;
    for (const auto& id : *ids) {
        auto view = viewOf(globals.root, id);
        if (!view && view.error().code == ErrorCode::NotFound)
            continue; // deleted just now
        if (!view) {
            warn(view.error().toLine().c_str());
            continue;
        }
        quiet += id + "\n";
        views.push_back(*std::move(view));
    }
    if (arguments->has("quiet"))
        return print(quiet);
    return print(format == "json" ? encodeStates(views) : tableOf(views));
}

Result<int> featuresVerb(const Globals&, const Words&)
{
    oci::FeatureList features;
    features.hooks = hookNames();
    features.namespaces = { "user", "mount", "pid", "network", "ipc", "uts", "cgroup", "time" };
    features.apparmor = hasAppArmor();
    features.selinux = hasSelinux();
    features.capabilities = capabilityNames();
    features.mountOptions = knownMountOptions();
    features.seccompActions = seccompActionNames();
    features.seccompOperators = seccompOperatorNames();
    features.seccompArchitectures = seccompArchitectureNames();
    features.cgroupV2 = !CgroupHost::find().tree.empty();
    return print(encodeFeatures(features));
}

} // namespace twinhull::hull
