// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/container_cgroup.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <sys/stat.h>

#include <csignal>
#include <string_view>

namespace twinhull {

namespace {

constexpr std::size_t kEventsLimitBytes = 64U << 10U;
constexpr int kKilled = 128 + SIGKILL;

/// How often the kernel killed for want of memory in a cgroup and below it; nothing where it does not count.
std::optional<std::uint64_t> killsIn(const UniqueFd& folder)
{
    constexpr std::string_view kKey = "\noom_kill ";
    if (!folder)
        return {};
    auto file = openAt(folder, "memory.events", O_RDONLY);
    const auto text = file ? readAll(*file, kEventsLimitBytes) : std::string();
    const auto at = text ? text->find(kKey) : std::string::npos;
    if (at == std::string::npos)
        return {};
    const auto rest = std::string_view(*text).substr(at + kKey.size());
    const auto count = parseNumber(rest.substr(0, rest.find('\n')));
    return count ? std::optional<std::uint64_t>(*count) : std::nullopt;
}

} // namespace

ContainerCgroup::ContainerCgroup(std::string path) : m_path(std::move(path))
{
    if (m_path.empty())
        return;
    if (auto folder = openPath(m_path, O_RDONLY | O_DIRECTORY))
        m_folder = *std::move(folder);
    if (!killsIn(m_folder))
        return;
    if (auto above = openPath(m_path.substr(0, m_path.find_last_of('/')), O_RDONLY | O_DIRECTORY))
        m_above = *std::move(above);
    m_killsAbove = killsIn(m_above);
}

bool ContainerCgroup::canFreeze() const
{
    return m_folder && ::faccessat(m_folder.fd(), "cgroup.freeze", W_OK, AT_EACCESS) == 0;
}

Result<> ContainerCgroup::freeze()
{
    return writeFreeze("1").withContext("pause");
}

Result<> ContainerCgroup::thaw()
{
    return writeFreeze("0").withContext("resume");
}

Result<> ContainerCgroup::writeFreeze(const char* text)
{
    if (!canFreeze())
        return Error{ ErrorCode::Unsupported, "this container has no cgroup of its own to freeze", 0,
            "Containers can be paused where the cgroup v2 tree is delegated to you" };
    auto file = openAt(m_folder, "cgroup.freeze", O_WRONLY);
    if (!file)
        return std::move(file).error();
    return writeAll(*file, text);
}

bool ContainerCgroup::wasEndedForMemory(int exitStatus) const
{
    if (const auto own = killsIn(m_folder))
        return exitStatus != 0 && *own > 0; // a child that was killed some time ago did not end what ends well
    const auto above = m_killsAbove ? killsIn(m_above) : std::nullopt;
    return above && exitStatus == kKilled && *above > *m_killsAbove;
}

} // namespace twinhull
