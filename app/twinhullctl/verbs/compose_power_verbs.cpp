// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/compose_verbs.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_power.h"
#include "core/jobs/sequential_job.h"

#include <algorithm>

namespace twinhull {

namespace {

using MakePowerJob = std::unique_ptr<Job> (*)(const ComposeWorld&, const QString& project, const QStringList& services);

struct ComposePowerOptions {
    std::shared_ptr<ComposeArguments> project;
    std::vector<std::string> services;
    MakePowerJob makeJob = nullptr;
};

std::unique_ptr<Job> composeRestartJob(const ComposeWorld& world, const QString& project, const QStringList& services)
{
    const QStringList all = withRestarted(world.containers.workloads(), project, services);
    auto job = std::make_unique<SequentialJob>(Program::tr("Restart %1").arg(project));
    job->add([world, project, all] { return composeStopJob(world, project, all); });
    job->add([world, project, all] { return composeStartJob(world, project, all); });
    return job;
}

/// These verbs are about containers that are there.
Result<> checkAreThere(const std::vector<WorkloadInfo>& containers, const QString& project, const QStringList& services)
{
    if (containers.empty())
        return Error{ ErrorCode::NotFound, "project " + project.toStdString() + " has no containers", 0,
            "Make them: twinhullctl compose up" };
    for (const QString& service : services) {
        const bool isThere = std::any_of(containers.begin(), containers.end(),
            [&service](const WorkloadInfo& info) { return serviceOf(info) == service; });
        if (!isThere)
            return Error{ ErrorCode::NotFound, "service " + service.toStdString() + " has no container", 0,
                "Make it: twinhullctl compose up " + service.toStdString() };
    }
    return {};
}

void changePower(Program& program, const ComposePowerOptions& options)
{
    const auto project = openProject(program, *options.project, ComposeNeed::NameOrFile);
    if (!project)
        return;
    QStringList services;
    for (const auto& service : options.services)
        services << QString::fromStdString(service);
    if (auto there
        = checkAreThere(containersOf(program.registry().workloads(), project->name), project->name, services);
        !there) {
        program.fail(there.error());
        return;
    }
    program.run(options.makeJob(worldOf(program), project->name, services), [&program, name = project->name] {
        if (program.wantsJson())
            program.print(QJsonValue(containersJson(containersOf(program.registry().workloads(), name))));
        program.finish();
    });
}

void addPowerVerb(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments,
    const char* name, const char* description, MakePowerJob makeJob)
{
    const auto options = std::make_shared<ComposePowerOptions>();
    options->project = arguments;
    options->makeJob = makeJob;
    auto* verb = compose.add_subcommand(name, description);
    verb->add_option("SERVICE", options->services, "of these; all by default");
    verb->callback([&chosen, options] {
        chosen = { Need::Containers, [options](Program& program) { changePower(program, *options); } };
    });
}

} // namespace

void addComposePowerVerbs(CLI::App& compose, ChosenVerb& chosen, const std::shared_ptr<ComposeArguments>& arguments)
{
    addPowerVerb(compose, chosen, arguments, "start",
        "start containers that are there, in the order of their depends_on, with what they depend on",
        &composeStartJob);
    addPowerVerb(compose, chosen, arguments, "stop", "stop its containers, what depends on others first; they stay",
        &composeStopJob);
    addPowerVerb(
        compose, chosen, arguments, "restart", "stop and start its containers in that order", &composeRestartJob);
}

} // namespace twinhull
