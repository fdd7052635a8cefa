// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/decode_linux.h"

#include "core/oci/spec_names.h"

#include <algorithm>

namespace twinhull::oci {

namespace {

/// "When the action doesn't support an errno, the runtime MUST print and error and fail."
void requireNumberForAction(
    const JsonFields& fields, const char* key, const std::optional<std::uint32_t>& number, const std::string& action)
{
    constexpr std::uint32_t kLargestErrno = 65535; // 16 bits of the filter's answer
    if (!number)
        return;
    if (action != "SCMP_ACT_ERRNO" && action != "SCMP_ACT_TRACE")
        fields.problem().report(fields.pathOf(key), "the action " + shownText(action) + " takes no number");
    if (*number > kLargestErrno)
        fields.problem().report(fields.pathOf(key), "expected a number from 0 to " + std::to_string(kLargestErrno));
}

SeccompRule decodeRule(const JsonFields& fields)
{
    SeccompRule rule;
    fields.readNames("names", rule.names);
    fields.readName("action", rule.action);
    fields.read("errnoRet", rule.errnoRet);
    fields.requireOneOf("action", rule.action, seccompActions());
    requireNumberForAction(fields, "errnoRet", rule.errnoRet, rule.action);
    if (rule.names.empty())
        fields.problem().report(fields.pathOf("names"), "expected at least one name of a system call");
    fields.objects("args", [&](const JsonFields& argument) {
        SeccompArgument value;
        argument.read("index", value.index);
        argument.read("value", value.value);
        argument.read("valueTwo", value.valueTwo);
        argument.readName("op", value.op);
        if (value.index > 5)
            argument.problem().report(argument.pathOf("index"), "expected a number from 0 to 5");
        argument.requireOneOf("op", value.op, seccompOperators());
        rule.args.push_back(std::move(value));
    });
    return rule;
}

/// config-linux.md, "Seccomp".
SeccompAgent decodeAgent(const JsonFields& fields)
{
    SeccompAgent agent;
    fields.readPath("listenerPath", agent.path);
    fields.read("listenerMetadata", agent.metadata);
    if (!agent.path.empty())
        fields.requireAbsolute("listenerPath", agent.path);
    if (agent.path.empty() && !agent.metadata.empty())
        fields.problem().report(fields.pathOf("listenerMetadata"), "expected nothing where no listenerPath is");
    return agent;
}

void checkNotification(const JsonFields& fields, const Seccomp& seccomp)
{
    static constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";
    if (seccomp.defaultAction == kNotify) // the program that starts the container could not go on either
        fields.problem().report(
            fields.pathOf("defaultAction"), "expected another action: SCMP_ACT_NOTIFY is for rules");
    const bool asks = std::any_of(seccomp.syscalls.begin(), seccomp.syscalls.end(),
        [](const SeccompRule& rule) { return rule.action == kNotify; });
    if (asks && seccomp.agent.path.empty())
        fields.problem().report(
            fields.pathOf("listenerPath"), "expected the path of an agent's socket: SCMP_ACT_NOTIFY asks for one");
}

} // namespace

Seccomp decodeSeccompFields(const JsonFields& fields)
{
    Seccomp seccomp;
    fields.readName("defaultAction", seccomp.defaultAction);
    fields.read("defaultErrnoRet", seccomp.defaultErrnoRet);
    fields.readNames("architectures", seccomp.architectures);
    fields.readNames("flags", seccomp.flags);
    fields.requireOneOf("defaultAction", seccomp.defaultAction, seccompActions());
    requireNumberForAction(fields, "defaultErrnoRet", seccomp.defaultErrnoRet, seccomp.defaultAction);
    fields.requireEachOf("architectures", seccomp.architectures, seccompArchitectures());
    fields.requireEachOf("flags", seccomp.flags, seccompFlags());
    fields.objects("syscalls", [&](const JsonFields& rule) { seccomp.syscalls.push_back(decodeRule(rule)); });
    seccomp.agent = decodeAgent(fields);
    checkNotification(fields, seccomp);
    return seccomp;
}

} // namespace twinhull::oci
