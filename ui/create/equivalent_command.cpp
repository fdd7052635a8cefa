// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/equivalent_command.h"

#include "core/twin/twin_command.h"
#include "core/workload/plan_command.h"

namespace twinhull {

QString equivalentCommand(const CreateForm& form)
{
    CreateForm shown = form; // what is still missing stands in capitals
    if (shown.image.isEmpty())
        shown.image = QStringLiteral("IMAGE");
    if (shown.mediumPath.isEmpty())
        shown.mediumPath = QStringLiteral("FILE");
    if (shown.kind == NewWorkload::Twin)
        return shellLine(twinCommand(twinPlanOf(shown)));
    const auto kind = shown.kind == NewWorkload::Vm ? WorkloadKind::Vm : WorkloadKind::Container;
    return shellLine(planCommand(workloadPlanOf(shown), kind));
}

} // namespace twinhull
