// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/twin_options.h"

namespace twinhull {

class Program;

/// What `compare` and `twin run` share: rounds, warm-up, work, reports. `options` must outlive the parsing.
void addComparisonOptions(CLI::App& verb, TwinOptions& options);
/// Refuses what cannot be measured before anything is started, else runs the comparison, tells it and writes reports.
void compareTwin(Program& program, const TwinOptions& options);

} // namespace twinhull
