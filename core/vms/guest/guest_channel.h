// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/ipc/guest_messages.h"
#include "core/workload/workload_info.h"

#include <QString>

#include <chrono>
#include <functional>

namespace twinhull {

/// An answer of guest-init, when it was asked for and when it came (CLOCK_MONOTONIC).
struct GuestAnswer {
    GuestReply reply;
    std::int64_t askedNanoseconds = 0;
    std::int64_t receivedNanoseconds = 0;
    std::int64_t wayNanoseconds = 0; ///< from the guest to here; 0 where it was not measured

    /// The guest's moments on the host's clock, oldest first.
    std::vector<StartupMark> marksOnHostClock() const;
};

/// Asks the agent of a VM once, over QEMU's socket, and hangs up. Blocks until the answer, the deadline, the VM's end
/// (Unavailable) or `isCancelled`. Any thread but the GUI's.
Result<GuestAnswer> askGuest(const QString& socketPath, GuestAsk ask, std::chrono::milliseconds deadline,
    const std::function<bool()>& isCancelled = {});

/// As askGuest(Report), which waits until the entrypoint runs or has failed, and then once more: the second answer
/// comes at once, so half of its round trip is the way back, and its marks lie where they were.
Result<GuestAnswer> awaitGuest(
    const QString& socketPath, std::chrono::milliseconds deadline, const std::function<bool()>& isCancelled = {});

} // namespace twinhull
