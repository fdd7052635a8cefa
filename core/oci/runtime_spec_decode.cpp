// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/decode_linux.h"
#include "core/oci/json_fields.h"
#include "core/oci/runtime_spec.h"

namespace twinhull::oci {

namespace {

void requireAbsolute(const JsonFields& fields, const char* key, const std::string& path)
{
    if (path.empty() || path[0] != '/')
        fields.problem().report(fields.pathOf(key), "expected an absolute path, found \"" + path + "\"");
}

User decodeUser(const JsonFields& fields)
{
    User user;
    fields.read("uid", user.uid);
    fields.read("gid", user.gid);
    fields.read("umask", user.umask);
    fields.read("additionalGids", user.additionalGids);
    return user;
}

CapabilitySets decodeCapabilities(const JsonFields& fields)
{
    CapabilitySets sets;
    fields.read("bounding", sets.bounding);
    fields.read("effective", sets.effective);
    fields.read("inheritable", sets.inheritable);
    fields.read("permitted", sets.permitted);
    fields.read("ambient", sets.ambient);
    return sets;
}

Rlimit decodeRlimit(const JsonFields& fields)
{
    Rlimit limit;
    fields.read("type", limit.type);
    fields.read("soft", limit.soft);
    fields.read("hard", limit.hard);
    if (limit.soft > limit.hard)
        fields.problem().report(fields.pathOf("soft"), "the soft limit is above the hard limit");
    return limit;
}

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
    fields.read("cwd", process.cwd);
    fields.object("capabilities", [&](const JsonFields& sets) { process.capabilities = decodeCapabilities(sets); });
    fields.objects("rlimits", [&](const JsonFields& limit) { process.rlimits.push_back(decodeRlimit(limit)); });
    fields.read("noNewPrivileges", process.noNewPrivileges);
    fields.read("oomScoreAdj", process.oomScoreAdj);
    fields.read("apparmorProfile", process.apparmorProfile);
    fields.read("selinuxLabel", process.selinuxLabel);
    if (process.args.empty() || process.args[0].empty())
        fields.problem().report(fields.pathOf("args"), "expected an array of strings with the program first");
    if (process.oomScoreAdj && (*process.oomScoreAdj < -1000 || *process.oomScoreAdj > 1000))
        fields.problem().report(fields.pathOf("oomScoreAdj"), "expected a number from -1000 to 1000");
    requireAbsolute(fields, "cwd", process.cwd);
    return process;
}

Mount decodeMount(const JsonFields& fields)
{
    Mount mount;
    fields.read("destination", mount.destination);
    fields.read("type", mount.type);
    fields.read("source", mount.source);
    fields.read("options", mount.options);
    mount.uidMappings = decodeMappings(fields, "uidMappings");
    mount.gidMappings = decodeMappings(fields, "gidMappings");
    if (mount.uidMappings.empty() != mount.gidMappings.empty())
        fields.problem().report(fields.pathOf("uidMappings"), "expected together with gidMappings, or neither");
    if (!mount.destination.empty() && mount.destination[0] != '/')
        mount.destination.insert(0, "/"); // the specification allowed relative destinations before 1.0; runc takes them
    if (mount.destination.empty())
        fields.problem().report(fields.pathOf("destination"), "expected an absolute path");
    return mount;
}

Hook decodeHook(const JsonFields& fields)
{
    Hook hook;
    fields.read("path", hook.path);
    fields.read("args", hook.args);
    fields.read("env", hook.env);
    fields.read("timeout", hook.timeoutSeconds);
    requireAbsolute(fields, "path", hook.path);
    if (hook.timeoutSeconds && *hook.timeoutSeconds <= 0)
        fields.problem().report(fields.pathOf("timeout"), "expected a number above 0");
    return hook;
}

Hooks decodeHooks(const JsonFields& fields)
{
    Hooks hooks;
    const auto decode = [&](const char* key, std::vector<Hook>& list) {
        fields.objects(key, [&](const JsonFields& entry) { list.push_back(decodeHook(entry)); });
    };
    decode("prestart", hooks.prestart);
    decode("createRuntime", hooks.createRuntime);
    decode("createContainer", hooks.createContainer);
    decode("startContainer", hooks.startContainer);
    decode("poststart", hooks.poststart);
    decode("poststop", hooks.poststop);
    return hooks;
}

void noteIgnored(const JsonFields& root, std::vector<std::string>& ignored)
{
    root.object("process", [&](const JsonFields& process) {
        for (const char* name : { "ioPriority", "scheduler", "execCPUAffinity" }) {
            if (process.has(name))
                ignored.push_back(process.pathOf(name));
        }
    });
}

RuntimeSpec decodeRoot(const JsonFields& root)
{
    RuntimeSpec spec;
    root.read("ociVersion", spec.ociVersion);
    if (!root.has("root"))
        root.problem().report("root", "missing; a container needs a root file system");
    root.object("root", [&](const JsonFields& fields) {
        spec.root.path.clear();
        fields.read("path", spec.root.path);
        fields.read("readonly", spec.root.readonly);
        if (spec.root.path.empty())
            fields.problem().report(fields.pathOf("path"), "expected a path");
    });
    root.object("process", [&](const JsonFields& fields) { spec.process = decodeProcessFields(fields); });
    root.read("hostname", spec.hostname);
    root.read("domainname", spec.domainname);
    root.objects("mounts", [&](const JsonFields& fields) { spec.mounts.push_back(decodeMount(fields)); });
    root.read("annotations", spec.annotations);
    root.object("hooks", [&](const JsonFields& fields) { spec.hooks = decodeHooks(fields); });
    root.object("linux", [&](const JsonFields& fields) { spec.linux_ = decodeLinux(fields, spec.ignored); });
    noteIgnored(root, spec.ignored);
    return spec;
}

template <typename T, typename Decode>
Result<T> decodeDocument(std::string_view json, std::string_view fileName, Decode decode)
{
    auto document = parseObject(json, fileName);
    if (!document)
        return std::move(document).error();
    JsonProblem problem{ std::string(fileName), {} };
    T value = decode(JsonFields(*document, {}, problem));
    if (problem.first)
        return *std::move(problem.first);
    return value;
}

} // namespace

Result<RuntimeSpec> decodeRuntimeSpec(std::string_view json, std::string_view fileName)
{
    return decodeDocument<RuntimeSpec>(json, fileName, decodeRoot);
}

Result<Process> decodeProcess(std::string_view json, std::string_view fileName)
{
    return decodeDocument<Process>(json, fileName, decodeProcessFields);
}

Result<Seccomp> decodeSeccomp(std::string_view json, std::string_view fileName)
{
    return decodeDocument<Seccomp>(json, fileName, decodeSeccompFields);
}

} // namespace twinhull::oci
