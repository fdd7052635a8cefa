// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/decode_linux.h"
#include "core/oci/decode_process.h"
#include "core/oci/json_fields.h"
#include "core/oci/runtime_spec.h"

#include <algorithm>

namespace twinhull::oci {

namespace {

constexpr std::size_t kLongestHostName = 64; // sethostname(2)
constexpr const char* kVersionCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.+-";

Mount decodeMount(const JsonFields& fields)
{
    Mount mount;
    fields.readPath("destination", mount.destination);
    fields.readName("type", mount.type);
    fields.readPath("source", mount.source);
    fields.readPaths("options", mount.options);
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
    fields.readPath("path", hook.path);
    fields.read("args", hook.args);
    fields.read("env", hook.env);
    fields.read("timeout", hook.timeoutSeconds);
    fields.requireAbsolute("path", hook.path);
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

void requireKnownVersion(const JsonFields& root, const std::string& version)
{
    // semver.org: what follows the numbers is letters, digits, dots, hyphens and one plus
    const bool isOfFirst = version.size() > 2 && version.compare(0, 2, "1.") == 0 && version[2] >= '0'
        && version[2] <= '9' && version.find_first_not_of(kVersionCharacters) == std::string::npos;
    if (!isOfFirst)
        root.problem().report("ociVersion", "expected a version 1.x, found " + shownText(version));
}

/// Setting them would rename the whole computer.
void requireOwnNames(const JsonFields& root, const RuntimeSpec& spec)
{
    const auto& namespaces = spec.linux_.namespaces;
    const bool hasOwn = std::any_of(
        namespaces.begin(), namespaces.end(), [](const Namespace& entry) { return entry.kind == NamespaceKind::Uts; });
    for (const auto& [key, name] :
        { std::pair("hostname", &spec.hostname), std::pair("domainname", &spec.domainname) }) {
        if (!name->empty() && !hasOwn)
            root.problem().report(key, "it needs {\"type\": \"uts\"} in linux.namespaces");
    }
}

RuntimeSpec decodeRoot(const JsonFields& root)
{
    RuntimeSpec spec;
    spec.ociVersion.clear();
    root.readName("ociVersion", spec.ociVersion);
    requireKnownVersion(root, spec.ociVersion);
    if (!root.has("root"))
        root.problem().report("root", "missing; a container needs a root file system");
    root.object("root", [&](const JsonFields& fields) {
        spec.root.path.clear();
        fields.readPath("path", spec.root.path);
        fields.read("readonly", spec.root.readonly);
        if (spec.root.path.empty())
            fields.problem().report(fields.pathOf("path"), "expected a path");
    });
    root.object("process", [&](const JsonFields& fields) { spec.process = decodeProcessFields(fields); });
    root.readName("hostname", spec.hostname, kLongestHostName);
    root.readName("domainname", spec.domainname, kLongestHostName);
    root.objects("mounts", [&](const JsonFields& fields) { spec.mounts.push_back(decodeMount(fields)); });
    root.read("annotations", spec.annotations);
    if (spec.annotations.count(std::string()) != 0)
        root.problem().report("annotations", "expected names that are not empty");
    root.object("hooks", [&](const JsonFields& fields) { spec.hooks = decodeHooks(fields); });
    root.object("linux", [&](const JsonFields& fields) { spec.linux_ = decodeLinux(fields, spec.ignored); });
    requireOwnNames(root, spec);
    return spec;
}

template <typename T, typename Decode>
Result<T> decodeObject(const nlohmann::json& object, std::string_view fileName, Decode decode)
{
    JsonProblem problem{ std::string(fileName), {}, JsonProblem::Limits::OfExecve };
    T value = decode(JsonFields(object, {}, problem));
    if (problem.first)
        return *std::move(problem.first);
    return value;
}

template <typename T, typename Decode>
Result<T> decodeDocument(std::string_view json, std::string_view fileName, Decode decode)
{
    auto document = parseObject(json, fileName);
    return document ? decodeObject<T>(*document, fileName, decode) : Result<T>(std::move(document).error());
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

Result<std::vector<Mount>> decodeMounts(std::string_view json, std::string_view fileName)
{
    auto document = parseJson(json, fileName);
    if (!document)
        return std::move(document).error();
    const nlohmann::json root{ { "mounts", *std::move(document) } };
    return decodeObject<std::vector<Mount>>(root, fileName, [](const JsonFields& fields) {
        std::vector<Mount> mounts;
        fields.objects("mounts", [&](const JsonFields& entry) { mounts.push_back(decodeMount(entry)); });
        return mounts;
    });
}

Result<Seccomp> decodeSeccomp(std::string_view json, std::string_view fileName)
{
    return decodeDocument<Seccomp>(json, fileName, decodeSeccompFields);
}

} // namespace twinhull::oci
