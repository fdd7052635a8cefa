// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/create_job.h"

#include "core/jobs/sequential_job.h"
#include "core/twin/twins.h"
#include "core/workload/workload_registry.h"
#include "ui/create/machine_jobs.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

std::optional<WorkloadId> idOf(const AppContext& context, const QString& name, WorkloadKind kind)
{
    for (const WorkloadInfo& info : context.workloads.findByName(name, kind)) {
        if (info.name == name)
            return info.id;
    }
    return std::nullopt;
}

} // namespace

std::unique_ptr<Job> makeCreateJob(AppContext& context, const CreateForm& form, AfterCreate then)
{
    if (form.kind == NewWorkload::Twin)
        return context.twins.createAndStart(twinPlanOf(form));
    const WorkloadKind kind = form.kind == NewWorkload::Vm ? WorkloadKind::Vm : WorkloadKind::Container;
    auto* provider = context.workloads.provider(kind);
    if (!provider || (!form.usesImage() && makingOf(context) == nullptr))
        return nullptr;
    const WorkloadPlan plan = workloadPlanOf(form);
    const auto create = [&context, provider, form, plan] {
        return form.usesImage() ? provider->create(plan) : makeMachineJob(context, form);
    };
    if (then == AfterCreate::Nothing)
        return create();
    auto job = std::make_unique<SequentialJob>(
        QCoreApplication::translate("CreateJob", "Create and start %1").arg(plan.name));
    const auto withId = [&context, provider, kind, name = plan.name](auto make) -> std::unique_ptr<Job> {
        const auto id = idOf(context, name, kind);
        return id ? (provider->*make)(*id) : nullptr;
    };
    job->add(create, [withId] { return withId(&WorkloadProvider::remove); });
    job->add([withId] { return withId(&WorkloadProvider::start); });
    return job;
}

} // namespace twinhull
