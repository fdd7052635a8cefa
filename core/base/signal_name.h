// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// The signal of that name, 1 to 64, as kill(1) takes it: "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3", "RTMAX-1",
/// and the second names of signal(7) (IOT, CLD, POLL). Nothing when there is none. The real-time ones are counted from
/// the C library's SIGRTMIN (nptl(7): two are its own), as systemd's are.
std::optional<int> signalNumber(std::string_view name);

/// What asks a program to end: the person's word, else the image's, else SIGTERM. Fails on a word that is no signal.
Result<int> stopSignalOf(const std::string& asked, const std::string& ofImage);

} // namespace twinhull
