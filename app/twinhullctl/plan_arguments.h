// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/option_arguments.h"
#include "app/twinhullctl/upkeep_options.h"
#include "core/base/result.h"
#include "core/workload/workload_plan.h"

#include <string>
#include <vector>

namespace twinhull {

/// The command line of create and run as it was typed.
struct PlanArguments {
    std::string source; ///< image, or the path of a medium or disk
    bool isIso = false;
    bool isDisk = false;
    std::string name; ///< empty: made from the source
    std::vector<std::string> ports;
    std::vector<std::string> mounts;
    std::vector<std::string> environment;
    std::string memory;
    std::string cpus;
    std::string pids;
    std::string diskSize = "20G";
    bool hasNoNetwork = false;
    std::vector<std::string> networks; ///< modes and names with their options
    bool hasTerminal = false;
    std::string machine; ///< of a VM made from an image: auto, q35, microvm; empty: nothing is said
    bool hasInput = false;
    OptionArguments options;
    UpkeepArguments upkeep;
    std::vector<std::string> command;
};

/// "SOURCE:TARGET[:ro]"; SOURCE is an absolute path or the name of a volume.
Result<Mount> mountFromText(const std::string& text);
/// "KEY=VALUE", or "KEY" for its value in this environment (InvalidArgument when it has none).
Result<QString> environmentFromText(const std::string& text);

Result<ResourceLimits> limitsFromText(const std::string& memory, const std::string& cpus, const std::string& pids);

/// The name it gets: as it was typed, else from the source ("twinhull/starter:latest" gives "starter").
QString planName(const PlanArguments& arguments);

/// Everything together. InvalidArgument names the argument that makes no sense.
Result<WorkloadPlan> planFrom(const PlanArguments& arguments);

} // namespace twinhull
