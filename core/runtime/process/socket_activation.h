// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace twinhull::runtime {

/// Descriptors that a service manager opened for the container and left from 3 on (sd_listen_fds(3)).
struct SocketActivation {
    int descriptors = 0;
    std::string names; ///< LISTEN_FDNAMES

    /// What $LISTEN_FDS says, where $LISTEN_PID is this process: else it was meant for somebody else.
    static SocketActivation fromEnvironment();
};

/// Tells the program that this process is about to become: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES. Nothing is done
/// where there are no descriptors.
void announce(const SocketActivation& activation, std::vector<std::string>& environment);

} // namespace twinhull::runtime
