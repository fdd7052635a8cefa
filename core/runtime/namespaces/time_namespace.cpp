// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/time_namespace.h"

#include "core/base/files.h"

#include <sched.h>

namespace twinhull::runtime {

std::string timeOffsetText(const std::map<std::string, oci::TimeOffset>& offsets)
{
    std::string text;
    for (const auto& [clock, offset] : offsets)
        text += clock + " " + std::to_string(offset.seconds) + " " + std::to_string(offset.nanoseconds) + "\n";
    return text;
}

Result<> makeTimeNamespace(Syscalls& calls, const std::map<std::string, oci::TimeOffset>& offsets)
{
    if (auto made = calls.makeNamespaces(CLONE_NEWTIME); !made)
        return std::move(made).withContext("time namespace");
    if (offsets.empty())
        return {};
    auto file = openPath("/proc/self/timens_offsets", O_WRONLY);
    auto written = file ? writeAll(*file, timeOffsetText(offsets)) : Result<>(std::move(file).error());
    return std::move(written).withContext("config.json: linux.timeOffsets");
}

} // namespace twinhull::runtime
