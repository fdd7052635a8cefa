// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/machine_consoles.h"

namespace twinhull {

ConsoleSession::~ConsoleSession() = default;

} // namespace twinhull
