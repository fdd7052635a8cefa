// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/cgroup_end.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_limits.h"

#include <dirent.h>
#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <memory>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kFileLimitBytes = 1U << 20U;
constexpr int kEmptyDeadlineMilliseconds = 5'000;

/// Waits for "populated 0" in cgroup.events, which the kernel announces by POLLPRI.
void awaitEmpty(const std::string& path)
{
    auto events = openPath(path + "/cgroup.events", O_RDONLY);
    if (!events)
        return;
    char text[256];
    for (int round = 0; round < 16; ++round) {
        const ssize_t count = ::pread(events->fd(), text, sizeof text, 0);
        if (count <= 0
            || std::string_view(text, static_cast<std::size_t>(count)).find("populated 0") != std::string_view::npos)
            return;
        pollfd wait{ events->fd(), POLLPRI, 0 };
        if (::poll(&wait, 1, kEmptyDeadlineMilliseconds) == 0)
            return;
    }
}

void killEach(const std::string& path)
{
    auto pids = readFile(path + "/cgroup.procs", kFileLimitBytes);
    for (std::string_view rest = pids ? std::string_view(*pids) : std::string_view(); !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        pid_t pid = 0;
        (void)std::from_chars(rest.data(), rest.data() + end, pid); // 0 for one of another pid namespace: nobody
        if (pid > 0)
            (void)::kill(pid, SIGKILL); // ESRCH: it has ended by itself
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    for (const auto& child : childCgroups(path))
        killEach(child);
}

} // namespace

std::vector<std::string> childCgroups(const std::string& path)
{
    std::vector<std::string> folders;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), &::closedir);
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            folders.push_back(path + "/" + entry->d_name);
    }
    return folders;
}

void endCgroup(const std::string& path)
{
    if (!writeControl(path + "/cgroup.kill", "1")) {
        (void)writeControl(path + "/cgroup.freeze", "1"); // since 5.2; a frozen process dies of SIGKILL
        killEach(path);
        (void)writeControl(path + "/cgroup.freeze", "0");
    }
    awaitEmpty(path);
}

} // namespace twinhull::runtime
