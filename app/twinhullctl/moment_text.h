// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>

namespace twinhull {

/// "2026-11-28", "2026-11-28 10:30", "2026-11-28T10:30:15", of this computer's clock; a "Z" or "+02:00" behind it.
/// Milliseconds since the epoch.
Result<std::int64_t> momentFromText(const std::string& text);

/// The same, or a length of time before now: "90s", "1h30m".
Result<std::int64_t> pastMomentFromText(const std::string& text);

} // namespace twinhull
