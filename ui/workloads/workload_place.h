// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <optional>
#include <tuple>

namespace twinhull {

/// What a header row of the list stands for; those of the outermost level are in the order of their kinds.
struct HeadingKey {
    enum class Kind { Group, Twin, Application, Service, Rest, Host };

    Kind kind = Kind::Rest;
    QString name; ///< of the group, twin, project, service or connection

    friend bool operator==(const HeadingKey&, const HeadingKey&) = default;
    friend bool operator<(const HeadingKey& left, const HeadingKey& right)
    {
        return std::tie(left.kind, left.name) < std::tie(right.kind, right.name);
    }
};

/// Where a workload stands in the list.
struct WorkloadPlace {
    HeadingKey heading;
    /// What it is of below that: a service of an application, a twin of a group. It has a header of its own where there
    /// are several of it.
    std::optional<HeadingKey> within;

    friend bool operator==(const WorkloadPlace&, const WorkloadPlace&) = default;
};

WorkloadPlace placeOf(const WorkloadInfo& info);

/// The container before the VM within a twin; containers of a service by their numbers; by name elsewhere.
bool comesBefore(const WorkloadInfo& a, const WorkloadInfo& b);

} // namespace twinhull
