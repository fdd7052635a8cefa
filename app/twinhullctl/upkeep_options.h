// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/upkeep.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace twinhull {

/// How a container is looked after, as it was typed; podman's names.
struct UpkeepArguments {
    std::string restart;
    std::string healthCommand;
    std::string healthInterval;
    std::string healthTimeout;
    std::string healthStartPeriod;
    std::string healthStartInterval;
    std::string healthRetries;
    std::string healthOnFailure;
    bool hasNoHealthCheck = false;
    bool isRemovedAtEnd = false; ///< of create and run alone
    std::vector<std::string> logOptions;
};

/// `arguments` must outlive the parsing.
void addUpkeepOptions(CLI::App& verb, UpkeepArguments& arguments);

/// `upkeep` with what was typed. InvalidArgument names the option that makes no sense.
Result<Upkeep> upkeepFrom(const UpkeepArguments& arguments, Upkeep upkeep);

} // namespace twinhull
