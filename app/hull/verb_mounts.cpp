// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/base/files.h"
#include "core/runtime/process/live_mounts.h"

namespace twinhull::hull {

namespace {

using namespace runtime;

Result<std::vector<oci::Mount>> mountsFrom(const std::string& path)
{
    const bool isInput = path == "-";
    auto text = readFile(isInput ? "/proc/self/fd/0" : path, oci::kConfigLimitBytes);
    return text ? oci::decodeMounts(*text, isInput ? "standard input" : path) : std::move(text).error();
}

} // namespace

Result<int> mountsVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, {}, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    const auto& operands = arguments->operands();
    if (operands.size() != 3 || (operands[0] != "add" && operands[0] != "remove"))
        return Error{ ErrorCode::InvalidArgument, "expected: hull mounts add|remove ID FILE", 0,
            "FILE holds an array of mounts, written as in config.json" };
    auto mounts = mountsFrom(operands[2]);
    if (!mounts)
        return std::move(mounts).error();
    auto container = openContainer(globals, operands[1]);
    if (!container)
        return std::move(container).error();
    if (container->status != oci::ContainerStatus::Running)
        return wrongStatus(*container, "change the mounts of", "Only a running container's mounts can be changed");
    auto spec = container->folder.readConfig();
    if (!spec)
        return std::move(spec).error();
    const LiveMounts request{ *spec, container->record, *mounts };
    auto done
        = operands[0] == "add" ? addMounts(kernelSyscalls(), request, warn) : removeMounts(kernelSyscalls(), request);
    return done ? Result<int>(0) : std::move(done).error();
}

} // namespace twinhull::hull
