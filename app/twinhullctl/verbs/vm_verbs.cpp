// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/vm_verbs.h"

#include "app/twinhullctl/workload_text.h"

#include <QJsonObject>

namespace twinhull {

std::optional<WorkloadInfo> chosenVm(Program& program, const std::string& name)
{
    if (const auto available = program.vms()->availability(); !available) {
        program.fail(available.error());
        return {};
    }
    auto found = findOne(program.registry(), QString::fromStdString(name), WorkloadKind::Vm);
    if (found)
        return *std::move(found);
    program.fail(found.error());
    return {};
}

void finishOutcome(Program& program, const HardwareOutcome& outcome)
{
    const bool isPending = !outcome.pendingReason.isEmpty();
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{
            { QStringLiteral("device"), outcome.device },
            { QStringLiteral("pending"), isPending },
            { QStringLiteral("pending_reason"), isPending ? QJsonValue(outcome.pendingReason) : QJsonValue() },
        }));
    else if (isPending)
        program.note(Program::tr("Pending until shutdown: %1").arg(outcome.pendingReason));
    program.finish();
}

void addVmVerbs(CLI::App& app, ChosenVerb& chosen, const CommandTail& tail)
{
    auto* vm = app.add_subcommand("vm", "virtual machines: how they are made, their definition and their hardware");
    vm->require_subcommand(1);
    vm->fallthrough();
    addVmCreationVerbs(*vm, chosen);
    addVmPowerVerbs(*vm, chosen);
    addVmConsoleVerb(*vm, chosen);
    addVmSshVerb(*vm, chosen, tail);
    addVmSnapshotVerbs(*vm, chosen);
    addVmCopyVerbs(*vm, chosen);
    addVmBinVerbs(*vm, chosen);
    addVmMigrationVerb(*vm, chosen);
    addVmScreenVerbs(*vm, chosen);
    addVmGuestVerbs(*vm, chosen);
    addVmDefinitionVerbs(*vm, chosen);
    addVmAccessVerb(*vm, chosen);
    addVmRemovalVerb(*vm, chosen);
    addVmHardwareVerbs(*vm, chosen);
    addVmNetworkVerbs(*vm, chosen);
}

} // namespace twinhull
