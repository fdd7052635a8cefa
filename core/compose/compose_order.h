// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/compose/compose_project.h"

namespace twinhull {

/// The services of a project so that each stands behind what it depends on, else in the order of the file.
/// InvalidArgument names a circle: "web -> db -> web".
Result<QStringList> startOrder(const ComposeProject& project);

/// The services to be run, in the order of their start: those of these names, all where there are none, with what they
/// depend on. A service with profiles takes part where one of them is chosen ("*": all are); those of a service that is
/// named are.
/// NotFound names a service that is not there; InvalidArgument one that is needed and whose profiles are not chosen.
Result<QStringList> chosenServices(
    const ComposeProject& project, const QStringList& names, const QStringList& profiles);

} // namespace twinhull
