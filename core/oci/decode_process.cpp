// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/decode_process.h"

#include "core/oci/spec_names.h"

namespace twinhull::oci {

namespace {

User decodeUser(const JsonFields& fields)
{
    User user;
    fields.read("uid", user.uid);
    fields.read("gid", user.gid);
    fields.read("umask", user.umask);
    if (user.umask.value_or(0) > 0777)
        fields.problem().report(fields.pathOf("umask"), "expected a number from 0 to 511 (0777)");
    fields.read("additionalGids", user.additionalGids);
    return user;
}

CapabilitySets decodeCapabilities(const JsonFields& fields)
{
    CapabilitySets sets;
    fields.readNames("bounding", sets.bounding);
    fields.readNames("effective", sets.effective);
    fields.readNames("inheritable", sets.inheritable);
    fields.readNames("permitted", sets.permitted);
    fields.readNames("ambient", sets.ambient);
    return sets;
}

Rlimit decodeRlimit(const JsonFields& fields)
{
    Rlimit limit;
    fields.readName("type", limit.type);
    fields.read("soft", limit.soft);
    fields.read("hard", limit.hard);
    fields.requireOneOf("type", limit.type, rlimitNames());
    if (limit.soft > limit.hard)
        fields.problem().report(fields.pathOf("soft"), "the soft limit is above the hard limit");
    return limit;
}

void decodeRlimits(const JsonFields& fields, std::vector<Rlimit>& limits)
{
    fields.objects("rlimits", [&](const JsonFields& entry) {
        limits.push_back(decodeRlimit(entry));
        for (std::size_t i = 0; i + 1 < limits.size(); ++i) {
            if (limits[i].type == limits.back().type)
                entry.problem().report(
                    entry.pathOf("type"), "the limit " + shownText(limits[i].type) + " is named twice");
        }
    });
}

Scheduler decodeScheduler(const JsonFields& fields)
{
    Scheduler scheduler;
    fields.readName("policy", scheduler.policy);
    fields.read("nice", scheduler.nice);
    fields.read("priority", scheduler.priority);
    fields.readNames("flags", scheduler.flags);
    fields.read("runtime", scheduler.runtimeNanoseconds);
    fields.read("deadline", scheduler.deadlineNanoseconds);
    fields.read("period", scheduler.periodNanoseconds);
    fields.requireOneOf("policy", scheduler.policy, schedulerPolicies());
    fields.requireEachOf("flags", scheduler.flags, schedulerFlags());
    if (scheduler.nice < -20 || scheduler.nice > 19)
        fields.problem().report(fields.pathOf("nice"), "expected a number from -20 to 19");
    if (scheduler.priority < 0 || scheduler.priority > 99)
        fields.problem().report(fields.pathOf("priority"), "expected a number from 0 to 99");
    return scheduler;
}

IoPriority decodeIoPriority(const JsonFields& fields)
{
    IoPriority priority;
    fields.readName("class", priority.ioClass);
    fields.read("priority", priority.priority);
    fields.requireOneOf("class", priority.ioClass, ioPriorityClasses());
    if (priority.priority < 0 || priority.priority > 7)
        fields.problem().report(fields.pathOf("priority"), "expected a number from 0 to 7");
    return priority;
}

ExecCpuAffinity decodeAffinity(const JsonFields& fields)
{
    ExecCpuAffinity affinity;
    fields.readNumberList("initial", affinity.initial);
    fields.readNumberList("final", affinity.final_);
    return affinity;
}

} // namespace

Process decodeProcessFields(const JsonFields& fields)
{
    Process process;
    fields.read("terminal", process.terminal);
    fields.object("consoleSize", [&](const JsonFields& size) {
        process.consoleSize.emplace();
        size.read("height", process.consoleSize->height);
        size.read("width", process.consoleSize->width);
    });
    fields.object("user", [&](const JsonFields& user) { process.user = decodeUser(user); });
    fields.read("args", process.args);
    fields.read("env", process.env);
    process.cwd.clear();
    fields.readPath("cwd", process.cwd);
    fields.object("capabilities", [&](const JsonFields& sets) { process.capabilities = decodeCapabilities(sets); });
    decodeRlimits(fields, process.rlimits);
    fields.read("noNewPrivileges", process.noNewPrivileges);
    fields.read("oomScoreAdj", process.oomScoreAdj);
    fields.readName("apparmorProfile", process.apparmorProfile);
    fields.readName("selinuxLabel", process.selinuxLabel);
    fields.object("scheduler", [&](const JsonFields& entry) { process.scheduler = decodeScheduler(entry); });
    fields.object("ioPriority", [&](const JsonFields& entry) { process.ioPriority = decodeIoPriority(entry); });
    fields.object("execCPUAffinity", [&](const JsonFields& entry) { process.execCpuAffinity = decodeAffinity(entry); });
    if (process.args.empty() || process.args[0].empty())
        fields.problem().report(fields.pathOf("args"), "expected an array of strings with the program first");
    if (process.oomScoreAdj && (*process.oomScoreAdj < -1000 || *process.oomScoreAdj > 1000))
        fields.problem().report(fields.pathOf("oomScoreAdj"), "expected a number from -1000 to 1000");
    fields.requireAbsolute("cwd", process.cwd);
    return process;
}

} // namespace twinhull::oci
