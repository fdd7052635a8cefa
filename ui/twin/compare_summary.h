// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/compared_workload.h"

#include <QString>

#include <span>

namespace twinhull {

/// One paragraph built from the figures: what they show of each other against the one that is the baseline, and what
/// they do not. Empty for less than two workloads, or more than five.
QString whatThisShows(std::span<const ComparedWorkload> workloads, std::size_t baseline = 0);
/// The same of a comparison run.
QString whatThisShows(const Comparison& comparison);

} // namespace twinhull
