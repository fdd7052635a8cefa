// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/machine_jobs.h"

#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "ui/widgets/machine_host.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString jobTitle(const char* text)
{
    return QCoreApplication::translate("MachineJobs", text);
}

} // namespace

MachineMaking* makingOf(AppContext& context, const QString& connection)
{
    auto* owner = onHost<HasMachineMaking>(context.workloads, connection);
    return owner != nullptr ? &owner->making() : nullptr;
}

std::unique_ptr<Job> adviseJob(AppContext& context, const CreateForm& form, std::shared_ptr<MachineAdvice> into)
{
    auto* making = makingOf(context, form.connection());
    if (making == nullptr)
        return nullptr;
    const auto asked = std::make_shared<MachineImport>(machineImportOf(form));
    auto job = std::make_unique<SequentialJob>(jobTitle("Look at what a VM is made from"));
    job->add([asked, text = form.machine.unattended]() -> std::unique_ptr<Job> {
        if (!text || !asked->installer || !asked->installer->unattended)
            return nullptr;
        return std::make_unique<ThreadJob>(jobTitle("Read keys"), QThreadPool::globalInstance(),
            [asked, text](JobContext&) { return readUnattendedFiles(*text, *asked->installer->unattended); });
    });
    job->add([asked, text = form.machine.cloudInit]() -> std::unique_ptr<Job> {
        if (!asked->cloudInit)
            return nullptr;
        return std::make_unique<ThreadJob>(jobTitle("Read keys and data"), QThreadPool::globalInstance(),
            [asked, text](JobContext&) { return readCloudFiles(text, *asked->cloudInit); });
    });
    job->add([making, asked, id = form.machine.systemId, into = std::move(into)] {
        return making->advise(*asked, id, into);
    });
    return job;
}

std::unique_ptr<Job> makeMachineJob(AppContext& context, const CreateForm& form)
{
    auto* making = makingOf(context, form.connection());
    if (making == nullptr)
        return nullptr;
    const auto advice = std::make_shared<MachineAdvice>();
    auto job = std::make_unique<SequentialJob>(jobTitle("Create %1").arg(form.name));
    job->add([&context, form, advice] { return adviseJob(context, form, advice); });
    job->add([making, advice] { return making->make(advice->machine); });
    return job;
}

} // namespace twinhull
