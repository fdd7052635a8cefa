// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/twin_command.h"

#include "core/base/number_list.h"
#include "core/twin/compared_work.h"
#include "core/workload/plan_command.h"

#include <QLocale>

namespace twinhull {

namespace {

/// What both halves share and the image, which stand last.
QStringList sharedWords(const TwinPlan& plan)
{
    QStringList words;
    if (plan.workloadPort != 0)
        words << QStringLiteral("--port") << QString::number(plan.workloadPort);
    for (const auto& variable : plan.environment)
        words << QStringLiteral("-e") << variable;
    if (plan.machine != MachineChoice::Automatic)
        words << QStringLiteral("--machine") << machineWord(plan.machine);
    return words + limitWords(plan.limits) + imageWords(plan.imageReference, plan.command);
}

QString kindWord(WorkloadKind kind)
{
    return kind == WorkloadKind::Vm ? QStringLiteral("vm") : QStringLiteral("container");
}

QStringList workWords(const ComparisonPlan& plan)
{
    if (plan.definition)
        return { QStringLiteral("--workload"), plan.definition->name };
    if (plan.work.isEmpty())
        return {};
    const QString prefix = commandWorkName({});
    if (!plan.work.startsWith(prefix))
        return { QStringLiteral("--workload"), plan.work };
    QStringList words{ QStringLiteral("--command"), plan.work.mid(prefix.size()) };
    if (!plan.figure)
        return words;
    words << QStringLiteral("--figure") << plan.figure->pattern;
    if (!plan.figure->unit.isEmpty())
        words << QStringLiteral("--unit") << plan.figure->unit;
    if (plan.figure->better != Better::NotTold)
        words << QStringLiteral("--better")
              << (plan.figure->better == Better::Higher ? QStringLiteral("higher") : QStringLiteral("lower"));
    return words;
}

} // namespace

QStringList twinCommand(const TwinPlan& plan)
{
    return QStringList{ QStringLiteral("twinhullctl"), QStringLiteral("twin"), QStringLiteral("create"),
        QStringLiteral("--name"), plan.name }
    + sharedWords(plan);
}

QStringList compareCommand(const ComparisonPlan& plan)
{
    QStringList words{ QStringLiteral("twinhullctl"), QStringLiteral("compare"), QStringLiteral("--repeat"),
        QString::number(plan.rounds), QStringLiteral("--warm-up"), QString::number(plan.warmUpRounds) };
    if (plan.bothAs)
        words << QStringLiteral("--a-a") << kindWord(*plan.bothAs);
    if (!plan.twin.pinnedCpus.empty())
        words << QStringLiteral("--pin=") + QString::fromStdString(formatNumberList(plan.twin.pinnedCpus));
    if (plan.caches == FileCaches::Cold)
        words << QStringLiteral("--caches") << QStringLiteral("cold");
    return words + workWords(plan) + sharedWords(plan.twin);
}

QStringList capacityCommand(const CapacityPlan& plan, std::optional<WorkloadKind> kind)
{
    QStringList words{ QStringLiteral("twinhullctl"), QStringLiteral("capacity"), QStringLiteral("--start"),
        QString::number(plan.starts) };
    if (kind)
        words << QStringLiteral("--kind") << kindWord(*kind);
    if (plan.reserveBytes)
        words << QStringLiteral("--reserve") << QString::number(*plan.reserveBytes);
    if (plan.pressureLimit != kPressureLimit)
        words << QStringLiteral("--pressure")
              << QLocale::c().toString(plan.pressureLimit, 'g', QLocale::FloatingPointShortest);
    if (plan.isChecked)
        words << QStringLiteral("--check");
    if (plan.isChecked && plan.checkLimit != kMostStarts)
        words << QStringLiteral("--check-limit") << QString::number(plan.checkLimit);
    return words + sharedWords(plan.twin);
}

} // namespace twinhull
