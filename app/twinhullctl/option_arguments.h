// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/workload_plan.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// What create and run are told for the option structs of a plan, as it was typed; the names are podman's.
struct OptionArguments {
    std::string user;
    std::string workingFolder;
    std::optional<std::string> entrypoint;
    bool hasInit = false;
    std::string stopSignal;
    std::optional<std::uint32_t> stopSeconds;
    std::string userNamespace;
    std::vector<std::string> processLimits;
    std::string hostName;
    std::vector<std::string> nameServers;
    std::vector<std::string> searchDomains;
    std::vector<std::string> hosts;
    std::vector<std::string> environmentFiles;
    std::vector<std::string> labels;
    bool isRootReadOnly = false;
    std::vector<std::string> temporaryFolders;
    std::vector<std::string> devices;
    std::vector<std::string> secrets;
    std::vector<std::string> addedCapabilities;
    std::vector<std::string> droppedCapabilities;
    std::vector<std::string> securityOptions;
    std::string memoryAndSwap;
    std::string cpuSet;
    std::optional<std::uint32_t> cpuShares;
    std::vector<std::string> deviceRates[4]; ///< by DeviceRateKind
};

/// `arguments` must outlive the parsing. What core/workload/option_words.h writes is read back by this.
void addOptionOptions(CLI::App& verb, OptionArguments& arguments);

/// Into a plan. InvalidArgument names the argument that makes no sense.
Result<> applyOptions(const OptionArguments& arguments, WorkloadPlan& plan);

} // namespace twinhull
