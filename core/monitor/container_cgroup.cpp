// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/container_cgroup.h"

#include "core/base/files.h"

#include <sys/stat.h>

namespace twinhull {

namespace {

constexpr std::size_t kEventsLimitBytes = 64U << 10U;

} // namespace

ContainerCgroup::ContainerCgroup(std::string path) : m_path(std::move(path))
{
    if (m_path.empty())
        return;
    if (auto folder = openPath(m_path, O_RDONLY | O_DIRECTORY))
        m_folder = *std::move(folder);
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

bool ContainerCgroup::hasKilledForMemory() const
{
    if (!m_folder)
        return false;
    auto file = openAt(m_folder, "memory.events", O_RDONLY);
    if (!file)
        return false;
    const auto text = readAll(*file, kEventsLimitBytes);
    const auto found = text ? text->find("\noom_kill ") : std::string::npos;
    return found != std::string::npos && (*text)[found + sizeof("\noom_kill ") - 1] != '0';
}

} // namespace twinhull
