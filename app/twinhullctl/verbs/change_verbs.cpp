// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/plan_arguments.h"
#include "app/twinhullctl/workload_text.h"
#include "core/workload/change_text.h"
#include "core/workload/option_words.h"

namespace twinhull {

namespace {

struct RenameOptions {
    std::string from;
    std::string to;
};

struct UpdateOptions {
    std::vector<std::string> names;
    std::string memory;
    std::string cpus;
    std::string pids;
    std::string restart;
    std::string memoryAndSwap;
    std::string cpuSet;
    std::string cpuShares;
    std::vector<std::string> deviceRates[4]; ///< by DeviceRateKind
};

void renameOne(Program& program, const RenameOptions& options)
{
    const auto found = findEach(program.registry(), { options.from }, WorkloadKind::Container);
    if (!found) {
        program.fail(found.error());
        return;
    }
    program.run(program.containers()->rename(found->front().id, QString::fromStdString(options.to)),
        [&program, before = *found] { finishChange(program, before); });
}

void duplicateOne(Program& program, const RenameOptions& options)
{
    const auto found = findEach(program.registry(), { options.from }, WorkloadKind::Container);
    if (!found) {
        program.fail(found.error());
        return;
    }
    const QString name = QString::fromStdString(options.to);
    program.run(program.containers()->duplicate(found->front().id, name), [&program, name] {
        const auto made = findOne(program.registry(), name, WorkloadKind::Container);
        if (made && program.wantsJson())
            program.print(toJson(*made));
        else if (made)
            program.print(made->id.key + QLatin1Char('\n'));
        program.finish();
    });
}

/// "0" and "none" take a limit away.
bool isNone(const std::string& text)
{
    return text == "none" || text == "0";
}

FineLimitTexts fineTexts(const UpdateOptions& options)
{
    FineLimitTexts texts{ QString::fromStdString(options.memoryAndSwap), QString::fromStdString(options.cpuSet),
        QString::fromStdString(options.cpuShares), {} };
    for (std::size_t kind = 0; kind < texts.deviceRates.size(); ++kind) {
        for (const auto& text : options.deviceRates[kind])
            texts.deviceRates[kind] << QString::fromStdString(text);
    }
    return texts;
}

Result<WorkloadChange> changeFrom(const UpdateOptions& options)
{
    const auto asked = [](const std::string& text) { return isNone(text) ? std::string() : text; };
    const auto limits = limitsFromText(asked(options.memory), asked(options.cpus), asked(options.pids));
    if (!limits)
        return limits.error();
    WorkloadChange change{ limits->memoryBytes, limits->cpus, limits->pids, {} };
    if (isNone(options.memory))
        change.memoryBytes = 0;
    if (isNone(options.cpus))
        change.cpus = 0;
    if (isNone(options.pids))
        change.pids = 0;
    if (!options.restart.empty()) {
        const auto policy = decodeRestartPolicy(options.restart);
        if (!policy)
            return policy.error();
        change.restart = *policy;
    }
    if (auto added = addFineLimits(fineTexts(options), change); !added)
        return std::move(added).error();
    if (isNothing(change))
        return Error{ ErrorCode::InvalidArgument, "update: nothing to change", 0,
            "Give --memory, --cpus, --pids, --restart or another limit: twinhullctl update --help." };
    return change;
}

void update(Program& program, const UpdateOptions& options)
{
    const auto change = changeFrom(options);
    const auto found = change ? findEach(program.registry(), options.names, WorkloadKind::Container)
                              : Result<std::vector<WorkloadInfo>>(change.error());
    if (!found) {
        program.fail(found.error());
        return;
    }
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& info : *found)
        jobs.push_back(program.containers()->update(info.id, *change));
    program.runAll(std::move(jobs), [&program, before = *found] { finishChange(program, before); });
}

void addFineOptions(CLI::App& verb, UpdateOptions& options)
{
    verb.add_option("--memory-swap", options.memoryAndSwap,
            "memory and swap together; -1: all swap there is; none: no swap beyond the memory")
        ->type_name("SIZE");
    verb.add_option("--cpuset-cpus", options.cpuSet, "processors: 0-3,7; none: any")->type_name("LIST");
    verb.add_option("--cpu-shares", options.cpuShares, "against others; usual is 1024; none: as others")
        ->type_name("N");
    for (const auto kind : { DeviceRateKind::ReadBytes, DeviceRateKind::WriteBytes, DeviceRateKind::ReadOperations,
             DeviceRateKind::WriteOperations }) {
        const bool isBytes = kind == DeviceRateKind::ReadBytes || kind == DeviceRateKind::WriteBytes;
        verb.add_option(qPrintable(optionOf(kind)), options.deviceRates[static_cast<int>(kind)],
                isBytes ? "a second: /dev/sda:10M; /dev/sda:none" : "a second: /dev/sda:1000; /dev/sda:none")
            ->type_name("DISK:RATE")
            ->allow_extra_args(false);
    }
}

void addUpdateVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<UpdateOptions>();
    auto* verb = app.add_subcommand("update", "other limits for containers, at once and from now on; all or none");
    verb->add_option("NAME", options->names, "names, ids or the beginnings of ids")->required();
    verb->add_option("--memory", options->memory, "256M; none: no limit")->type_name("SIZE");
    verb->add_option("--cpus", options->cpus, "cores: 1 or 0.5; none: no limit")->type_name("N");
    verb->add_option("--pids", options->pids, "most processes; none: no limit")->type_name("N");
    verb->add_option("--restart", options->restart, "no, on-failure[:N], always or unless-stopped")
        ->type_name("POLICY");
    addFineOptions(*verb, *options);
    verb->callback([&chosen, options] {
        chosen = { Need::Containers, [options](Program& program) { update(program, *options); }, OthersChanges::Ignored,
            options->names };
    });
}

} // namespace

void addChangeVerbs(CLI::App& app, ChosenVerb& chosen)
{
    const auto names = std::make_shared<RenameOptions>();
    auto* rename = app.add_subcommand("rename", "give a container another name; its host name inside stays");
    rename->add_option("NAME", names->from, "name, id or the beginning of an id")->required();
    rename->add_option("NEW", names->to, "its new name")->required();
    rename->callback([&chosen, names] {
        chosen = { Need::Containers, [names](Program& program) { renameOne(program, *names); }, OthersChanges::Ignored,
            { names->from } };
    });

    const auto copies = std::make_shared<RenameOptions>();
    auto* duplicate = app.add_subcommand("duplicate", "a new container with the settings of another; it stays stopped");
    duplicate->add_option("NAME", copies->from, "name, id or the beginning of an id")->required();
    duplicate->add_option("NEW", copies->to, "the new one's name")->required();
    duplicate->callback([&chosen, copies] {
        chosen = { Need::Containers, [copies](Program& program) { duplicateOne(program, *copies); },
            OthersChanges::Ignored, { copies->from, copies->to } };
    });

    addUpdateVerb(app, chosen);
}

} // namespace twinhull
