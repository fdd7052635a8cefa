// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <optional>

namespace twinhull {

/// What the filter field asks for: `kind:vm state:running web` shows the running VMs whose name, image, digest, port,
/// twin or group contains "web"; `connection:lab` those of that host, "home" of this one; `group:lab` those in a group
/// whose name contains that, as it may have blanks. Tokens of one sort are alternatives
/// (`state:paused state:failed`), sorts and words must all hold. A token that is not known yet (`state:` while typing)
/// asks for nothing.
class WorkloadFilter {
public:
    WorkloadFilter() = default;
    static WorkloadFilter parse(const QString& text);

    bool isEmpty() const
    {
        return m_kinds.empty() && m_states.empty() && m_words.isEmpty() && m_twins.isEmpty() && m_groups.isEmpty()
            && m_connections.isEmpty();
    }
    bool matches(const WorkloadInfo& info) const;

    friend bool operator==(const WorkloadFilter&, const WorkloadFilter&) = default;

private:
    void take(const QString& token);
    bool takeKeyed(const QString& key, const QString& value);

    std::vector<WorkloadKind> m_kinds;
    std::vector<WorkloadState> m_states;
    QStringList m_twins;
    QStringList m_groups;
    QStringList m_connections;
    QStringList m_words;
};

} // namespace twinhull
