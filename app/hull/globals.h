// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/hull/arguments.h"
#include "app/hull/messages.h"
#include "core/runtime/cgroups/cgroup.h"

#include <array>
#include <string>

namespace twinhull::hull {

/// What stands before the verb.
struct Globals {
    std::string root; ///< folder of the containers' states
    int marksFd = -1;
    runtime::CgroupUse cgroups = runtime::CgroupUse::Own;
    std::string criu = "criu"; ///< the program that saves and restores processes
};

/// Those of crun and runc, and --marks-fd.
inline constexpr std::array<Option, 14> kGlobalOptions{ {
    { "root", 0, Takes::Value },
    { "marks-fd", 0, Takes::Value },
    { "log", 0, Takes::Value },
    { "log-format", 0, Takes::Value },
    { "cgroup-manager", 0, Takes::Value },
    { "rootless", 0, Takes::Value },
    { "systemd-cgroup", 0, Takes::Nothing },
    { "debug", 0, Takes::Nothing },
    { "criu", 0, Takes::Value },
    { "help", 'h', Takes::Nothing },
    { "help", '?', Takes::Nothing },
    { "usage", 0, Takes::Nothing },
    { "version", 'v', Takes::Nothing },
    { "version", 'V', Takes::Nothing },
} };

/// To be asked first of all: errors of the others go there already.
Result<LogChoice> logChoiceOf(const Arguments& arguments);

Result<Globals> globalsOf(const Arguments& arguments);

} // namespace twinhull::hull
