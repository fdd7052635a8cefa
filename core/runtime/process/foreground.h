// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <sys/types.h>

#include <csignal>
#include <functional>

namespace twinhull::runtime {

/// A descriptor to look after while waiting for the child.
struct Watched {
    int fd = -1; ///< -1: none
    std::function<bool()> onReadable; ///< false: nothing more is to come
};

/// Stays with a child until it ends: passes signals on to it and, where it has a terminal of its own, its input, output
/// and size. To be made before the child exists, so that no signal is lost; the child starts with a clear mask.
class Foreground {
public:
    Foreground();
    ~Foreground();
    Foreground(const Foreground&) = delete;
    Foreground& operator=(const Foreground&) = delete;

    /// `console` empty: the child has our own descriptors. Returns its exit status, 128 + N for signal N.
    Result<int> attend(const UniqueFd& pidfd, const UniqueFd& console, const Watched& watched = {});

private:
    void passSignal(const UniqueFd& pidfd, const UniqueFd& console) const;

    sigset_t m_before{};
    UniqueFd m_signals;
};

} // namespace twinhull::runtime
