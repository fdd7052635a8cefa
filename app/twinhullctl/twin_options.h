// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/twin_plan.h"
#include "core/twin/verdict.h"

#include <CLI/CLI.hpp>

#include <optional>

namespace twinhull {

/// What the verbs of twin are told.
struct TwinOptions {
    std::string image;
    std::string name;
    int repeats = kFewestRounds;
    int warmUps = 1;
    std::string caches = "warm"; ///< or "cold"
    std::string workload; ///< empty: the image's own
    std::optional<std::string> measuredCommand; ///< in place of the workload
    std::string figurePattern; ///< of what the command tells of itself; empty: none
    std::string figureUnit;
    std::string better; ///< "higher", "lower"; empty: not told
    std::string pin; ///< as pinnedCpusFrom(); empty: not pinned
    std::string bothAs; ///< "container", "vm": A against A; empty: container against VM
    std::vector<std::string> reports;
    std::vector<std::string> against; ///< two reports, instead of IMAGE
    bool wantsWorkloadList = false; ///< instead of IMAGE
    std::string memory;
    std::string cpus;
    std::string pids;
    std::string machine; ///< of the VM; empty: auto
    std::uint16_t port = 0; ///< 0: the image's first
    std::vector<std::string> environment;
    std::vector<std::string> command;
    bool isForced = false;
};

/// IMAGE and what both halves share; words after IMAGE replace its command. `options` must outlive the parsing. What
/// core/twin/twin_command.h writes is read back by this.
void addTwinPlanOptions(CLI::App& verb, TwinOptions& options);

Result<TwinPlan> planFrom(const TwinOptions& options, const QString& name);

} // namespace twinhull
