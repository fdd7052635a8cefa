// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace twinhull {

/// How long readers may be stopped (SIGSTOP, Ctrl-Z) before nobody waits for them any more.
constexpr std::chrono::seconds kStoppedReadersPatience{ 20 };

/// Who reads what a container said last and how it ended holds a lock on its folder (app/twinhullctl/attached_run.h); a
/// lock goes with its holder. Waits until nobody has one, or all who have were stopped for so long: true in the first
/// case. One that only waits, as where a pager has not asked for more, is waited for. At the end of a process alone: it
/// takes the timer and the signal SIGALRM.
bool awaitReaders(const std::string& folder, std::chrono::seconds patience = kStoppedReadersPatience);

} // namespace twinhull
