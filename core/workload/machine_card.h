// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_import.h"

namespace twinhull {

/// "user" (also "default"), "network=NAME" or "bridge=NAME", with ",model=MODEL" where one is asked for; the words are
/// virt-install's. InvalidArgument says how it is written.
Result<MachineCard> cardFromText(const QString& text);

/// What cardFromText() reads.
QString cardText(const MachineCard& card);

} // namespace twinhull
