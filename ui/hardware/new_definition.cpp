// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/new_definition.h"

#include "core/jobs/job_queue.h"
#include "core/workload/machine_hardware.h"
#include "core/workload/workload_registry.h"
#include "ui/hardware/definition_dialog.h"
#include "ui/widgets/error_text.h"

namespace twinhull {

void openNewDefinition(AppContext& context, QWidget* window)
{
    auto* owner = dynamic_cast<HasMachineHardware*>(context.workloads.provider(WorkloadKind::Vm));
    if (owner == nullptr)
        return;
    auto* dialog = new DefinitionDialog({}, {}, window);
    QObject::connect(
        dialog, &DefinitionDialog::defineRequested, dialog, [&context, dialog, owner](const QByteArray& xml) {
            Job* job = context.jobs.submit(owner->hardware().define(xml, {}, std::make_shared<HardwareOutcome>()));
            QObject::connect(job, &Job::finished, dialog, [dialog, job] {
                if (job->state() == Job::State::Succeeded)
                    dialog->accept();
                else
                    dialog->showProblem(errorParagraph(job->result().error()), job->result().error().message);
            });
        });
    dialog->open();
}

} // namespace twinhull
