// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/metrics/metric.h"

#include <span>
#include <string>
#include <vector>

namespace twinhull {

/// Which figures the table of `stats` shows unless told otherwise: the most that fit in 100 characters beside a name
/// of 16.
std::vector<Metric> usualStatsColumns();

/// The figures of core/metrics/metric_catalogue.h by their headings ("disk_read" for DISK READ) or keys, in any case
/// and in the order of the names; "all" is all of them. InvalidArgument for another name, with those that there are.
Result<std::vector<Metric>> statsColumns(std::span<const std::string> names);

/// "cpu, resident, …": what statsColumns() knows.
std::string statsColumnNames();

} // namespace twinhull
