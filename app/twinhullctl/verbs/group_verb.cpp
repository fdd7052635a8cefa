// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/workload_text.h"
#include "core/compose/group_members.h"
#include "core/workload/workload_groups.h"

#include <algorithm>

namespace twinhull {

namespace {

struct GroupOptions {
    std::vector<std::string> names;
    std::string kind;
    std::string to;
    bool isNone = false;
};

/// The halves of a twin bear one name and go together, so that it means both.
Result<WorkloadInfo> findMember(const WorkloadRegistry& registry, const QString& name, std::optional<WorkloadKind> kind)
{
    const auto found = registry.findByName(name, kind);
    const bool isTwin = !found.empty() && !found.front().twinGroup.isEmpty()
        && std::all_of(found.begin(), found.end(),
            [&found](const WorkloadInfo& info) { return info.twinGroup == found.front().twinGroup; });
    return isTwin ? Result<WorkloadInfo>(found.front()) : findOne(registry, name, kind);
}

Result<std::vector<WorkloadId>> membersFrom(const WorkloadRegistry& registry, const GroupOptions& options)
{
    const auto kind = kindFromText(options.kind);
    if (!kind)
        return kind.error();
    std::vector<WorkloadInfo> chosen;
    for (const auto& name : options.names) {
        auto found = findMember(registry, QString::fromStdString(name), *kind);
        if (!found)
            return std::move(found).error();
        chosen.push_back(*std::move(found));
    }
    return groupMembers(registry.workloads(), chosen);
}

Result<QString> wishedGroup(const GroupOptions& options)
{
    auto group = options.isNone ? Result<QString>(QString()) : groupNameFrom(QString::fromStdString(options.to));
    if (group && group->isEmpty() && !options.isNone)
        return Error{ ErrorCode::InvalidArgument, "group: a group needs a name", 0, "Take out of all: --none" };
    return group;
}

void putTogether(Program& program, const GroupOptions& options)
{
    const auto group = wishedGroup(options);
    const auto members
        = group ? membersFrom(program.registry(), options) : Result<std::vector<WorkloadId>>(group.error());
    if (!members) {
        if (members.error().code == ErrorCode::NotFound)
            program.noteMissingVms();
        program.fail(members.error());
        return;
    }
    std::vector<WorkloadInfo> before;
    for (const WorkloadId& id : *members)
        before.push_back(*program.registry().find(id));
    if (std::any_of(before.begin(), before.end(), [](const WorkloadInfo& info) { return !info.twinGroup.isEmpty(); }))
        program.noteMissingVms(); // the other half may be among them
    const QString what = before.size() == 1 ? before.front().name : Program::tr("%1 workloads").arg(before.size());
    const auto seen = program.isAtHome() ? seenWorkloads(program.registry()) : SeenWorkloads{}; // none is missed then
    program.run(groupJob(program.folders(), { *members, *group }, seen, what), [&program, before] {
        program.readGroups();
        finishChange(program, before);
    });
}

} // namespace

void addGroupVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<GroupOptions>();
    auto* verb = app.add_subcommand("group", "put workloads together in lists, under a name; both halves of a twin");
    verb->add_option("NAME", options->names, "names, ids or the beginnings of ids")->required();
    verb->add_option("--kind", options->kind, "container or vm, where both have one of that name");
    auto* to = verb->add_option("--to", options->to, "any text of up to 64 characters that can be printed")
                   ->type_name("GROUP");
    auto* none = verb->add_flag("--none", options->isNone, "out of the group that they are in")->excludes(to);
    to->excludes(none);
    verb->callback([&chosen, options, to, none] {
        if (to->count() + none->count() == 0)
            throw CLI::RequiredError("--to or --none");
        chosen = { Need::AllConnections, // the other half of a twin is a VM
            [options](Program& program) { putTogether(program, *options); } };
    });
}

} // namespace twinhull
