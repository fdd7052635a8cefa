// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/new_definition.h"

#include "core/jobs/job_queue.h"
#include "core/workload/machine_hardware.h"
#include "core/workload/workload_registry.h"
#include "ui/hardware/definition_sheet.h"

namespace twinhull {

void openNewDefinition(AppContext& context, QWidget* window)
{
    auto* owner = dynamic_cast<HasMachineHardware*>(context.workloads.provider(WorkloadKind::Vm));
    if (owner == nullptr)
        return;
    auto* dialog = new DefinitionDialog(machineDefinitionWords({}), {}, window);
    defineFrom(*dialog, context.jobs, [owner](const QByteArray& xml) {
        return owner->hardware().define(xml, {}, std::make_shared<HardwareOutcome>());
    });
    dialog->open();
}

} // namespace twinhull
