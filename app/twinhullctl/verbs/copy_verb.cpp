// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/agent_command.h"
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/inside_place.h"
#include "app/twinhullctl/running_workload.h"
#include "core/copy/copy_job.h"

#include <QJsonObject>

#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace twinhull {

namespace {

struct CopyOptions {
    std::string source;
    std::string target;
    std::string kind;
    bool keepsOwner = false;
    bool followsLink = false;
};

struct CopyPlan {
    CopyRequest request;
    CopyDirection direction = CopyDirection::Out;
};

Result<CopyPlan> planOf(const CopyOptions& options)
{
    const auto invalid = [](const char* what, const char* hint) {
        return Error{ ErrorCode::InvalidArgument, what, 0, hint };
    };
    const InsidePlace source = insidePlaceOf(options.source);
    const InsidePlace target = insidePlaceOf(options.target);
    if (source.name.empty() == target.name.empty())
        return invalid(source.name.empty() ? "neither of both is in a workload" : "both are in a workload",
            "One of them is NAME:PATH; between two workloads copy by way of this computer");
    CopyPlan plan;
    plan.direction = source.name.empty() ? CopyDirection::In : CopyDirection::Out;
    const InsidePlace& inside = plan.direction == CopyDirection::Out ? source : target;
    const InsidePlace& here = plan.direction == CopyDirection::Out ? target : source;
    if (inside.path.empty() || here.path.empty())
        return invalid("a path is missing", "Write NAME:PATH, as in web:/etc/hosts");
    plan.request.workloadName = inside.name;
    plan.request.source = source.path;
    plan.request.target = target.path;
    plan.request.owner = options.keepsOwner ? CarriedOwner::Kept : CarriedOwner::Ours;
    plan.request.followsLink = options.followsLink;
    const bool isStream = here.path == "-";
    if (isStream)
        plan.request.tarDescriptor = plan.direction == CopyDirection::Out ? STDOUT_FILENO : STDIN_FILENO;
    if (isStream && ::isatty(plan.request.tarDescriptor) == 1)
        return invalid("a tar stream is nothing for a terminal", "Redirect it: twinhullctl cp web:/etc - > etc.tar");
    if (!isStream && plan.direction == CopyDirection::In && carriedNameOf(source.path).empty()
        && !source.path.ends_with("/.")) { // "." and "..": by their real names, as cp(1) has their content
        std::error_code failure;
        plan.request.source = std::filesystem::absolute(source.path, failure).lexically_normal().string();
        plan.request.source += "/.";
    }
    return plan;
}

void tellOutcome(Program& program, const CopyOutcome& outcome)
{
    QString leftOut = QString::fromStdString(outcome.firstLeftOut);
    if (outcome.leftOut > 1)
        leftOut += Program::tr(" and %1 more").arg(outcome.leftOut - 1);
    if (outcome.leftOut > 0)
        program.note(Program::tr("Left out, being neither file nor folder nor link: %1").arg(leftOut));
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{
            { QStringLiteral("bytes"), static_cast<qint64>(outcome.bytes) },
            { QStringLiteral("entries"), static_cast<qint64>(outcome.entries) },
            { QStringLiteral("leftOut"), static_cast<qint64>(outcome.leftOut) },
        }));
    program.finish();
}

void copyWith(Program& program, const WorkloadInfo& info, const CopyPlan& plan)
{
    auto command = carrierCommand(plan.request, plan.direction);
    auto* runner = dynamic_cast<CommandRunner*>(program.registry().provider(info.id.kind));
    auto run = command && runner != nullptr ? runner->prepareInside(info.id, *std::move(command))
                                            : Result<InsideRun>(command.error());
    if (!run) {
        program.fail(run.error());
        return;
    }
    const auto outcome = std::make_shared<CopyOutcome>();
    auto job = plan.direction == CopyDirection::Out ? copyOutJob(plan.request, *std::move(run), outcome)
                                                    : copyInJob(plan.request, *std::move(run), outcome);
    program.run(std::move(job), [&program, outcome] { tellOutcome(program, *outcome); });
}

void copyForeign(Program& program, const WorkloadInfo& info, const CopyPlan& plan)
{
    const auto& request = plan.request;
    if (request.tarDescriptor >= 0 || request.owner == CarriedOwner::Kept)
        program.fail({ ErrorCode::Unsupported, "qemu-guest-agent copies single files, without their owners", 0,
            "Pack them with tar inside, and copy the archive: twinhullctl exec " + request.workloadName + " tar …" });
    else
        copyByAgent(program, info, plan.direction == CopyDirection::Out ? AgentCopy::Out : AgentCopy::In,
            { request.source, request.target });
}

void copy(Program& program, const CopyOptions& options)
{
    const auto plan = planOf(options);
    if (!plan) {
        program.fail(plan.error());
        return;
    }
    (void)std::signal(SIGPIPE, SIG_IGN); // the error of the write is enough
    withFiles(program, { plan->request.workloadName, options.kind }, "copy files of",
        [plan = *plan](Program& ready, const WorkloadInfo& info) {
            if (isForeignMachine(ready, info))
                copyForeign(ready, info, plan);
            else
                copyWith(ready, info, plan);
        });
}

std::vector<std::string> namedIn(const CopyOptions& options)
{
    std::vector<std::string> names;
    for (const auto& place : { options.source, options.target }) {
        if (auto name = insidePlaceOf(place).name; !name.empty())
            names.push_back(std::move(name));
    }
    return names;
}

} // namespace

void addCopyVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<CopyOptions>();
    auto* verb = app.add_subcommand("cp",
        "copy a file or a folder into a container or a running VM or out of it: cp NAME:PATH LOCAL, LOCAL NAME:PATH");
    verb->footer(
        "A folder that is there gets the copy inside, under its own name; \"/.\" behind a folder means what is in\n"
        "it. - in place of LOCAL is a tar stream on standard output or input.\n"
        "Of a stopped container its layers, volumes and binds are there; not what it keeps in memory (--tmpfs,\n"
        "secrets). It is not started until the copy has ended.\n"
        "Of a VM made by others single files are copied, by qemu-guest-agent.");
    verb->add_flag("-a,--archive", options->keepsOwner,
        "keep owners and set-id bits; else all belongs to root inside, and to you here");
    verb->add_flag("-L,--follow-link", options->followsLink, "where FROM is a symbolic link, copy what it points to");
    verb->add_option("--kind", options->kind, "container or vm; else the container, where both bear the name");
    verb->add_option("FROM", options->source, "NAME:PATH, PATH or -")->required();
    verb->add_option("TO", options->target, "PATH, - or NAME:PATH")->required();
    verb->callback([&chosen, options] {
        chosen = { options->kind == "vm" ? Need::Workloads : Need::Containers,
            [options](Program& program) { copy(program, *options); }, OthersChanges::Ignored, namedIn(*options) };
    });
}

} // namespace twinhull
