// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/kept_file.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace twinhull {

/// A cgroup v2 folder in which several workloads have theirs: one reading tells whether any of them works.
class SharedCgroup {
public:
    explicit SharedCgroup(const std::string& path);

    /// Once a tick, before those inside are read.
    void refresh(ReadBuffer& buffer);
    /// What one inside used since the tick before, and was read for.
    void account(std::uint64_t nanoseconds) { m_accounted += nanoseconds; }
    /// What others inside used since the tick before, whoever they are; nothing where that is not known.
    std::optional<std::uint64_t> unaccountedNanoseconds() const;

private:
    std::optional<KeptFile> m_cpuStat;
    std::optional<std::uint64_t> m_nanoseconds; ///< usage_usec of cpu.stat
    std::optional<std::uint64_t> m_growth;
    std::uint64_t m_accounted = 0;
};

/// Those that somebody holds, by their paths.
class SharedCgroups {
public:
    /// The one that holds the cgroup `path`; null for an empty one.
    std::shared_ptr<SharedCgroup> above(const std::string& path);
    void refresh(ReadBuffer& buffer); ///< all of them; forgets what nobody holds

private:
    std::map<std::string, std::weak_ptr<SharedCgroup>> m_all;
};

} // namespace twinhull
