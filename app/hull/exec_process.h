// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/hull/arguments.h"
#include "core/oci/runtime_spec.h"

#include <array>

namespace twinhull::hull {

/// Those of crun and runc, and --events with --exit-event (exit_event.h).
inline constexpr std::array<Option, 19> kExecOptions{ {
    { "process", 'p', Takes::Value },
    { "user", 'u', Takes::Value },
    { "additional-gids", 'g', Takes::Value },
    { "cwd", 0, Takes::Value },
    { "env", 'e', Takes::Value },
    { "cap", 'c', Takes::Value },
    { "no-new-privs", 0, Takes::Nothing },
    { "apparmor", 0, Takes::Value },
    { "process-label", 0, Takes::Value },
    { "tty", 't', Takes::Nothing },
    { "detach", 'd', Takes::Nothing },
    { "pid-file", 0, Takes::Value },
    { "console-socket", 0, Takes::Value },
    { "preserve-fds", 0, Takes::Value },
    { "ignore-paused", 0, Takes::Nothing },
    { "cgroup", 0, Takes::Value },
    { "no-subreaper", 0, Takes::Nothing },
    { "events", 0, Takes::Value },
    { "exit-event", 0, Takes::Value },
} };

/// What --process says, or the container's own process with what the command line says otherwise; options that say
/// something about the process count with both.
Result<oci::Process> execProcessOf(const Arguments& arguments, const oci::RuntimeSpec& spec);

} // namespace twinhull::hull
