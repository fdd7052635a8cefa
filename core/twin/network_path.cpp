// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/network_path.h"

#include "core/base/files.h"

#include <algorithm>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kMostProcesses = 256; ///< of one footprint; a helper is among its first

std::string contentOf(pid_t pid, const std::string& file)
{
    const auto text = readFile("/proc/" + std::to_string(pid) + file, 64U << 10U);
    return text ? *text : std::string(); // it may have ended
}

/// The named ones and their descendants, each before those below it.
std::vector<pid_t> familyOf(std::vector<pid_t> pids)
{
    for (std::size_t i = 0; i < pids.size() && pids.size() < kMostProcesses; ++i) {
        std::istringstream children(contentOf(pids[i], "/task/" + std::to_string(pids[i]) + "/children"));
        for (pid_t child = 0; children >> child;) {
            if (std::find(pids.begin(), pids.end(), child) == pids.end())
                pids.push_back(child);
        }
    }
    return pids;
}

} // namespace

QString networkPathOf(const HostFootprint& footprint)
{
    for (const pid_t pid : familyOf(footprint.helperPids)) {
        const std::string name = contentOf(pid, "/comm");
        for (const char* helper : { "slirp4netns", "pasta", "passt" }) { // "pasta.avx2" too
            if (name.starts_with(helper))
                return QString::fromLatin1(helper);
        }
    }
    const bool isQemu = std::any_of(footprint.rootPids.begin(), footprint.rootPids.end(),
        [](pid_t pid) { return contentOf(pid, "/comm").starts_with("qemu-system"); });
    return isQemu ? QStringLiteral("QEMU's user network (libslirp)") : QString();
}

} // namespace twinhull
