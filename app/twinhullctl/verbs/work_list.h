// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"

namespace twinhull {

/// Prints what --workload takes: a table, or JSON [{name, meaning, origin: "built-in"|"shipped"|"own", unit, better,
/// needs: text or null}]. Definitions that cannot be used are told on standard error.
void listWorkloads(Program& program);

} // namespace twinhull
