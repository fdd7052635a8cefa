// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/shared_cgroup.h"

#include "core/metrics/proc_text.h"

#include <algorithm>
#include <utility>

namespace twinhull {

SharedCgroup::SharedCgroup(const std::string& path)
{
    if (auto file = KeptFile::open(path + "/cpu.stat"))
        m_cpuStat = *std::move(file);
}

void SharedCgroup::refresh(ReadBuffer& buffer)
{
    m_accounted = 0;
    const auto text = m_cpuStat ? m_cpuStat->read(buffer) : Result<std::string_view>(Error{});
    const auto microseconds = text ? flatKey(*text, "usage_usec") : std::nullopt;
    const auto now = microseconds ? std::optional(*microseconds * 1000) : std::nullopt;
    const auto before = std::exchange(m_nanoseconds, now);
    m_growth = now && before ? std::optional(*now - std::min(*now, *before)) : std::nullopt;
}

std::optional<std::uint64_t> SharedCgroup::unaccountedNanoseconds() const
{
    return m_growth ? std::optional(*m_growth - std::min(*m_growth, m_accounted)) : std::nullopt;
}

std::shared_ptr<SharedCgroup> SharedCgroups::above(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos || slash == 0)
        return nullptr;
    const std::string parent = path.substr(0, slash);
    auto& known = m_all[parent];
    auto shared = known.lock();
    if (!shared)
        known = shared = std::make_shared<SharedCgroup>(parent);
    return shared;
}

void SharedCgroups::refresh(ReadBuffer& buffer)
{
    std::erase_if(m_all, [](const auto& entry) { return entry.second.expired(); });
    for (const auto& [path, weak] : m_all) {
        if (const auto shared = weak.lock())
            shared->refresh(buffer);
    }
}

} // namespace twinhull
