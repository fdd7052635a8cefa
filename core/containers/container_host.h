// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"
#include "core/containers/monitor_launch.h"
#include "core/images/root_form.h"
#include "core/oci/runtime_spec.h"
#include "core/workload/workload_provider.h"

namespace twinhull {

/// The ids of a user namespace for containers of this person, who is `kept` inside; empty for root, who needs none.
struct ContainerMappings {
    std::vector<oci::IdMapping> users;
    std::vector<oci::IdMapping> groups;
};
Result<ContainerMappings> containerMappings(const KeptIds& kept = {});

/// Why no container can be started on this computer: a program or the subordinate ids are missing.
Result<> containerAvailability(const ContainerPrograms& programs);

/// What works less well than it could: limits without controllers, no network helper, no overlay on the store.
std::vector<HostNotice> containerNotices(const ContainerPrograms& programs, const std::optional<RootForm>& root);

} // namespace twinhull
