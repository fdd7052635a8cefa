// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/globals.h"

#include "core/runtime/state/state_store.h"

#include <fcntl.h>

#include <string_view>

namespace twinhull::hull {

namespace {

/// crun's "--log file:PATH" is known; its journald: and syslog: are not.
Result<std::string> logFileOf(const std::string& text)
{
    constexpr std::string_view kFile = "file:";
    for (const char* other : { "journald:", "syslog:" }) {
        if (text.rfind(other, 0) == 0)
            return Error{ ErrorCode::Unsupported, "--log " + text + ": hull writes to files only", 0,
                "Give a path, or leave it out: all that is said goes to standard error" };
    }
    return text.rfind(kFile, 0) == 0 ? text.substr(kFile.size()) : text;
}

Result<runtime::CgroupUse> cgroupUseOf(const Arguments& arguments)
{
    const std::string manager = arguments.value("cgroup-manager");
    if (manager == "disabled")
        return runtime::CgroupUse::None;
    if (manager == "auto")
        return runtime::CgroupUse::Auto;
    if (!manager.empty() && manager != "cgroupfs" && manager != "systemd")
        return Error{ ErrorCode::InvalidArgument, "unknown --cgroup-manager " + manager, 0,
            "Use cgroupfs (the default), systemd, auto or disabled" };
    const bool asksSystemd = arguments.has("systemd-cgroup") || manager == "systemd";
    return asksSystemd ? runtime::CgroupUse::Systemd : runtime::CgroupUse::Own;
}

/// What runc does by it hull finds out by trying: whether limits can be set here.
Result<> checkRootless(const Arguments& arguments)
{
    const std::string text = arguments.value("rootless");
    if (text.empty() || text == "true" || text == "false" || text == "auto")
        return {};
    return Error{ ErrorCode::InvalidArgument, "unknown --rootless " + text, 0, "Use true, false or auto" };
}

} // namespace

Result<LogChoice> logChoiceOf(const Arguments& arguments)
{
    auto file = logFileOf(arguments.value("log"));
    if (!file)
        return std::move(file).error();
    const std::string format = arguments.value("log-format");
    if (!format.empty() && format != "text" && format != "json")
        return Error{ ErrorCode::InvalidArgument, "unknown --log-format " + format, 0, "Use text or json" };
    return LogChoice{ *std::move(file), format == "json" ? LogFormat::Json : LogFormat::Text,
        arguments.has("debug") ? Detail::Debug : Detail::Usual };
}

Result<Globals> globalsOf(const Arguments& arguments)
{
    auto marks = arguments.number("marks-fd", -1);
    if (!marks)
        return std::move(marks).error();
    if (*marks >= 0 && ::fcntl(*marks, F_SETFD, FD_CLOEXEC) != 0)
        return Error{ ErrorCode::InvalidArgument, "--marks-fd " + arguments.value("marks-fd") + " is not open", 0, {} };
    if (auto checked = checkRootless(arguments); !checked)
        return std::move(checked).error();
    auto cgroups = cgroupUseOf(arguments);
    if (!cgroups)
        return std::move(cgroups).error();
    const std::string root = arguments.value("root");
    return Globals{ root.empty() ? runtime::StateStore::defaultRoot() : root, *marks, *cgroups,
        arguments.has("criu") ? arguments.value("criu") : "criu" };
}

} // namespace twinhull::hull
