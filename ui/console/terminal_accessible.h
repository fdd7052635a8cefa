// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

/// Tells assistive programs of every TerminalView that it is a terminal, and what is in sight. Once is enough.
void makeTerminalsAccessible();

} // namespace twinhull
