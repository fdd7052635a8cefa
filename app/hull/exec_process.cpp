// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/exec_process.h"

#include "core/base/files.h"
#include "core/runtime/process/capabilities.h"
#include "core/runtime/process/environment.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace twinhull::hull {

namespace {

/// The whole text is read: "1000x" is no user.
bool readId(std::string_view text, std::uint32_t& id)
{
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
    return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size();
}

Result<> setUser(const std::string& text, oci::User& user)
{
    const auto colon = text.find(':');
    const std::string_view uid = std::string_view(text).substr(0, colon);
    const std::string_view gid = colon == std::string::npos ? "0" : std::string_view(text).substr(colon + 1);
    user.additionalGids.clear();
    if (readId(uid, user.uid) && readId(gid, user.gid))
        return {};
    return Error{ ErrorCode::InvalidArgument, "--user " + text + ": expected UID or UID:GID in numbers", 0, {} };
}

Result<> addGroups(const std::vector<std::string>& texts, oci::User& user)
{
    for (const auto& text : texts) {
        std::uint32_t gid = 0;
        if (!readId(text, gid))
            return Error{ ErrorCode::InvalidArgument, "--additional-gids " + text + ": expected a group's number", 0,
                {} };
        user.additionalGids.push_back(gid);
    }
    return {};
}

/// "chown" and "CAP_CHOWN" alike.
Result<std::string> capabilityNamed(const std::string& text)
{
    std::string name = text;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    if (name.rfind("CAP_", 0) != 0)
        name.insert(0, "CAP_");
    const auto known = runtime::capabilityNames();
    if (std::find(known.begin(), known.end(), name) != known.end())
        return name;
    return Error{ ErrorCode::InvalidArgument, "--cap " + text + " is no capability", 0,
        "`hull features` lists their names" };
}

Result<> addCapabilities(const std::vector<std::string>& texts, oci::Process& process)
{
    for (const auto& text : texts) {
        auto name = capabilityNamed(text);
        if (!name)
            return std::move(name).error();
        auto& sets = process.capabilities ? *process.capabilities : process.capabilities.emplace();
        for (auto* set : { &sets.bounding, &sets.effective, &sets.permitted })
            set->push_back(*name);
        if (process.user.uid == 0) // has them by being root
            continue;
        sets.ambient.push_back(*name);
        sets.inheritable.push_back(*name);
    }
    return {};
}

/// A program's own file capabilities must not meet an inheritable set (CVE-2022-29162) beyond what the ambient one
/// needs.
void keepInheritableForAmbient(oci::CapabilitySets& sets)
{
    std::erase_if(sets.inheritable, [&](const std::string& name) {
        return std::find(sets.ambient.begin(), sets.ambient.end(), name) == sets.ambient.end();
    });
}

Result<oci::Process> ownProcess(const Arguments& arguments, const oci::RuntimeSpec& spec)
{
    const auto& operands = arguments.operands();
    if (operands.size() < 2 || !spec.process)
        return Error{ ErrorCode::InvalidArgument, "missing: the program to run", 0,
            "For example: hull exec " + operands[0] + " /bin/sh" };
    oci::Process process = *spec.process;
    process.args.assign(operands.begin() + 1, operands.end());
    process.terminal = false;
    return process;
}

/// What the file does not name of labels is the container's: a program beside its first is not less confined.
Result<oci::Process> processFrom(const std::string& path, const oci::RuntimeSpec& spec)
{
    auto text = readFile(path, oci::kConfigLimitBytes);
    auto process = text ? oci::decodeProcess(*text, path) : std::move(text).error();
    if (process && spec.process && process->apparmorProfile.empty())
        process->apparmorProfile = spec.process->apparmorProfile;
    if (process && spec.process && process->selinuxLabel.empty())
        process->selinuxLabel = spec.process->selinuxLabel;
    return process;
}

Result<> applyOptions(const Arguments& arguments, oci::Process& process)
{
    if (arguments.has("tty"))
        process.terminal = true;
    if (arguments.has("cwd"))
        process.cwd = arguments.value("cwd");
    if (process.cwd.empty() || process.cwd[0] != '/')
        return Error{ ErrorCode::InvalidArgument, "--cwd must be an absolute path", 0, {} };
    for (const auto& entry : arguments.values("env"))
        runtime::setVariable(process.env, entry);
    if (arguments.has("no-new-privs"))
        process.noNewPrivileges = true;
    if (arguments.has("apparmor"))
        process.apparmorProfile = arguments.value("apparmor");
    if (arguments.has("process-label"))
        process.selinuxLabel = arguments.value("process-label");
    auto done = arguments.has("user") ? setUser(arguments.value("user"), process.user) : Result<>();
    if (done)
        done = addGroups(arguments.values("additional-gids"), process.user);
    return done ? addCapabilities(arguments.values("cap"), process) : done;
}

} // namespace

Result<oci::Process> execProcessOf(const Arguments& arguments, const oci::RuntimeSpec& spec)
{
    const bool isFromFile = arguments.has("process");
    auto process = isFromFile ? processFrom(arguments.value("process"), spec) : ownProcess(arguments, spec);
    if (!process)
        return process;
    if (process->capabilities && !isFromFile)
        keepInheritableForAmbient(*process->capabilities);
    if (auto applied = applyOptions(arguments, *process); !applied)
        return std::move(applied).error();
    return process;
}

} // namespace twinhull::hull
