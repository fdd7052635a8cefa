// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/twin_command.h"

#include "core/workload/plan_command.h"

namespace twinhull {

QStringList twinCommand(const TwinPlan& plan)
{
    QStringList words{ QStringLiteral("twinhullctl"), QStringLiteral("twin"), QStringLiteral("create"),
        QStringLiteral("--name"), plan.name };
    if (plan.workloadPort != 0)
        words << QStringLiteral("--port") << QString::number(plan.workloadPort);
    for (const auto& variable : plan.environment)
        words << QStringLiteral("-e") << variable;
    return words + limitWords(plan.limits) + imageWords(plan.imageReference, plan.command);
}

} // namespace twinhull
