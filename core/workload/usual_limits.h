// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace twinhull {

/// The most processes of a container for which nobody asked otherwise, so that one that forks without end stays by
/// itself; podman's number. Where the pids controller can be reached.
inline constexpr std::uint32_t kUsualPids = 2048;

} // namespace twinhull
