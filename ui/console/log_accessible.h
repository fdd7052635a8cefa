// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

/// Tells assistive programs of every LogCanvas what is in sight (its value) and which line is marked (its description).
/// Once is enough.
void makeLogsAccessible();

} // namespace twinhull
