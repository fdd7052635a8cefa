// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/plan_command.h"

#include "core/workload/machine_choice.h"
#include "core/workload/option_text.h"
#include "core/workload/option_words.h"
#include "core/workload/upkeep_command.h"

#include <QLocale>
#include <QRegularExpression>

namespace twinhull {

namespace {

QStringList wiringWords(const WorkloadPlan& plan)
{
    QStringList words;
    for (const auto& port : portTexts(plan.ports))
        words << QStringLiteral("-p") << port;
    if (!plan.hasNetwork)
        words << QStringLiteral("--no-network");
    if (plan.hasHostNetwork)
        words << QStringLiteral("--network") << QStringLiteral("host");
    for (const auto& use : plan.networks)
        words << QStringLiteral("--network") << networkUseText(use);
    if (plan.hasTerminal)
        words << QStringLiteral("--terminal");
    else if (plan.hasInput)
        words << QStringLiteral("--open-stdin");
    for (const auto& mount : plan.mounts)
        words << QStringLiteral("-v")
              << mount.source + QLatin1Char(':') + mount.target + mountOptionsText(mount.readOnly, mount.startsEmpty);
    for (const auto& variable : plan.environment)
        words << QStringLiteral("-e") << variable;
    return words;
}

/// The label of the machine, by the option that has its name.
QStringList takeMachineWords(WorkloadPlan& plan)
{
    const auto choice = machineChoiceOf(plan.labels);
    if (!choice || !std::holds_alternative<ImageSource>(plan.source))
        return {};
    setMachineChoice(plan.labels, MachineChoice::Automatic);
    if (*choice == MachineChoice::Automatic)
        return {};
    return { QStringLiteral("--machine"), machineWord(*choice) };
}

QStringList sourceWords(const WorkloadPlan& plan)
{
    if (const auto* iso = std::get_if<IsoSource>(&plan.source))
        return { QStringLiteral("--iso"), QStringLiteral("--disk-size"), sizeWord(iso->diskBytes), iso->path };
    if (const auto* disk = std::get_if<DiskSource>(&plan.source))
        return { QStringLiteral("--disk"), disk->path };
    return imageWords(std::get<ImageSource>(plan.source).reference, plan.command);
}

} // namespace

QStringList planCommand(const WorkloadPlan& plan, WorkloadKind kind)
{
    WorkloadPlan rest = plan;
    QStringList words{ QStringLiteral("twinhullctl"), QStringLiteral("run") };
    if (kind == WorkloadKind::Vm)
        words << QStringLiteral("--vm");
    words << QStringLiteral("--name") << plan.name;
    if (kind == WorkloadKind::Vm)
        words += takeMachineWords(rest);
    return words + wiringWords(plan) + limitWords(plan.limits) + optionWords(rest) + upkeepWords(plan.upkeep)
        + sourceWords(plan);
}

QStringList limitWords(const ResourceLimits& limits)
{
    QStringList words;
    if (limits.memoryBytes)
        words << QStringLiteral("--memory") << sizeWord(*limits.memoryBytes);
    if (limits.cpus)
        words << QStringLiteral("--cpus") << QLocale::c().toString(*limits.cpus, 'g', QLocale::FloatingPointShortest);
    if (limits.pids)
        words << QStringLiteral("--pids") << QString::number(*limits.pids);
    return words;
}

QStringList imageWords(const QString& image, const QStringList& command)
{
    QStringList words{ image };
    if (!command.isEmpty() && command.front().startsWith(u'-'))
        words << QStringLiteral("--");
    return words + command;
}

QString shellWord(const QString& word)
{
    static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z0-9_@%+=:,./-][A-Za-z0-9_@%+=:,./~-]*\\z"));
    if (kPlain.match(word).hasMatch())
        return word;
    QString quoted = word;
    quoted.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + quoted + QLatin1Char('\'');
}

QString shellLine(const QStringList& words)
{
    QStringList quoted;
    for (const auto& word : words)
        quoted << shellWord(word);
    return quoted.join(QLatin1Char(' '));
}

} // namespace twinhull
