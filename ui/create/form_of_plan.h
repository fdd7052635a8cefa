// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/create/create_form.h"

namespace twinhull {

/// The sheet filled with a container's plan; workloadPlanOf() makes the same plan of it. What no field can hold is in
/// CreateForm::unseen.
CreateForm formOf(const WorkloadPlan& plan);

} // namespace twinhull
