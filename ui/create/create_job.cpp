// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/create_job.h"

#include "core/jobs/sequential_job.h"
#include "core/twin/twins.h"
#include "ui/create/machine_jobs.h"
#include "ui/widgets/machine_host.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

std::optional<WorkloadId> idOf(
    const AppContext& context, const QString& name, WorkloadKind kind, const QString& connection)
{
    for (const WorkloadInfo& info : context.workloads.findByName(name, kind)) {
        if (info.name == name && connectionOf(info.id) == connection)
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
    auto* provider = kind == WorkloadKind::Vm ? hostProvider(context.workloads, form.connection())
                                              : context.workloads.provider(kind);
    if (!provider || (!form.usesImage() && makingOf(context, form.connection()) == nullptr))
        return nullptr;
    const WorkloadPlan plan = workloadPlanOf(form);
    const auto create = [&context, provider, form, plan] {
        return form.usesImage() ? provider->create(plan) : makeMachineJob(context, form);
    };
    if (then == AfterCreate::Nothing)
        return create();
    auto job = std::make_unique<SequentialJob>(
        QCoreApplication::translate("CreateJob", "Create and start %1").arg(plan.name));
    const auto withId
        = [&context, provider, kind, name = plan.name, host = form.connection()](auto make) -> std::unique_ptr<Job> {
        const auto id = idOf(context, name, kind, host);
        return id ? (provider->*make)(*id) : nullptr;
    };
    job->add(create, [withId] { return withId(&WorkloadProvider::remove); });
    job->add([withId] { return withId(&WorkloadProvider::start); });
    return job;
}

} // namespace twinhull
