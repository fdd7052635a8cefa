// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/base/subprocess.h"
#include "core/runtime/mounts/mount_options.h"
#include "core/runtime/process/capabilities.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/seccomp/seccomp_filter.h"
#include "core/runtime/state/container.h"

#include <unistd.h>

#include <cstdio>

namespace twinhull::hull {

using namespace runtime;

Result<int> print(const std::string& text)
{
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
        return Error{ ErrorCode::Io, "standard output cannot be written", 0, {} };
    return 0;
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

Result<int> featuresVerb(const Globals&, const Words&)
{
    oci::FeatureList features;
    features.hooks = hookNames();
    features.namespaces = { "user", "mount", "pid", "network", "ipc", "uts", "cgroup", "time" };
    features.capabilities = capabilityNames();
    features.mountOptions = knownMountOptions();
    features.seccompActions = seccompActionNames();
    features.seccompOperators = seccompOperatorNames();
    features.seccompArchitectures = seccompArchitectureNames();
    features.seccompFlags = seccompFlagNames();
    features.annotations["io.github.seccomp.libseccomp-version"] = seccompLibraryVersion();
    for (const auto key : { oci::kAnnotationLower, oci::kAnnotationUpper, oci::kAnnotationWork, oci::kAnnotationFuse })
        features.unsafeAnnotations.emplace_back(key);
    // the name that engines look for
    features.annotations["org.opencontainers.runc.checkpoint.enabled"]
        = findExecutable("criu").empty() ? "false" : "true";
    return print(encodeFeatures(features));
}

} // namespace twinhull::hull
