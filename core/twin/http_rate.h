// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/network_work.h"

namespace twinhull {

constexpr std::chrono::seconds kHttpRateTime{ 5 };

/// HTTP/1.1 GETs of that path, one after the other for `stretch`, over one connection where the server keeps it and
/// over new ones where it does not: answers a second, each read to its end, and percentiles of what each
/// took in milliseconds. Waits a minute at most for the first
/// answer; any but 200 fails. The program that asks is as simple as can be, so that the server is what is measured.
/// Blocks: worker threads.
Result<NetworkFigures> measureHttpRate(std::uint16_t port, const std::string& path, const ClientPatience& patience,
    std::chrono::nanoseconds stretch = kHttpRateTime);

} // namespace twinhull
