// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace twinhull {

/// What one load did and what it cost by its own count: the truth that readings from outside are held against.
struct LoadReport {
    std::string load; ///< the name it was asked for by
    double value = 0; ///< what is compared: see LoadKind::unit; of a load without one 0
    std::uint64_t amount = 0; ///< what was done, in LoadKind::amountUnit
    std::int64_t wallNanoseconds = 0; ///< CLOCK_MONOTONIC, of the work without the preparation
    std::int64_t cpuNanoseconds = 0; ///< getrusage(2), user and system, of it and of its children in that time
    std::int64_t lifeCpuNanoseconds = 0; ///< the same since its process began: its start and preparation, too
};

/// One line of JSON with its end.
std::string encodeLoadReport(const LoadReport& report);

/// How much, for how long and where a load works. What it does not need is not looked at.
struct LoadOptions {
    std::uint64_t amount = 0; ///< 0: the load's own
    double seconds = 0; ///< 0: the load's own
    std::string folder = "/tmp"; ///< of the file loads; the file has no name and is gone with the program
};

/// A load as a row of the table that --help, the verbs and the workload definitions share.
struct LoadKind {
    const char* name;
    const char* meaning; ///< for --help
    const char* unit; ///< of LoadReport::value; empty: it has none, and is for the ruler alone
    bool isRate; ///< more is better, else less
    const char* amountUnit;
    std::uint64_t amount; ///< without --amount
    double seconds; ///< without --seconds; 0: it takes as long as the amount takes
    Result<LoadReport> (*run)(const LoadOptions& options);
};

std::span<const LoadKind> loadKinds();
/// Runs it with the table's own amount and time where the options name none. InvalidArgument for an unknown name.
Result<LoadReport> runLoad(std::string_view name, LoadOptions options);

} // namespace twinhull
