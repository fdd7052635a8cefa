// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_place.h"

#include "core/compose/compose_labels.h"
#include "core/compose/group_members.h"
#include "core/workload/workload_connection.h"

namespace twinhull {

namespace {

using Heading = HeadingKey::Kind;

std::optional<HeadingKey> headingOf(Heading kind, const QString& name)
{
    return name.isEmpty() ? std::nullopt : std::optional(HeadingKey{ kind, name });
}

}

WorkloadPlace placeOf(const WorkloadInfo& info)
{
    if (isOfApplication(info))
        return { { Heading::Application, projectOf(info) }, headingOf(Heading::Service, serviceOf(info)) };
    const auto twin = headingOf(Heading::Twin, info.twinGroup);
    if (const auto group = headingOf(Heading::Group, info.group))
        return { *group, twin };
    if (twin)
        return { *twin, {} };
    return { headingOf(Heading::Host, connectionOf(info.id)).value_or(HeadingKey()), {} };
}

bool comesBefore(const WorkloadInfo& a, const WorkloadInfo& b)
{
    const bool isOfOne = projectOf(a) == projectOf(b) && serviceOf(a) == serviceOf(b) && !serviceOf(a).isEmpty();
    if (isOfOne && numberOf(a) != numberOf(b))
        return numberOf(a) < numberOf(b);
    const int byName = QString::localeAwareCompare(a.name, b.name);
    return byName != 0 ? byName < 0 : a.id < b.id;
}

} // namespace twinhull
