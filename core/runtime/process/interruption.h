// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"

#include <csignal>

namespace twinhull::runtime {

/// Holds back SIGHUP, SIGINT, SIGQUIT and SIGTERM while it lives, so that what is under way can be taken back first: a
/// hook has a session of its own, which the terminal's keys do not reach. Nothing is consumed; what came is delivered
/// at the end, or to who holds it back further out.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// Readable once one of them has come since then; -1 where the kernel or a filter gives no signalfd(2). One that
    /// waited before, or that this process ignores, does not count.
    int fd() const { return m_signals.fd(); }

private:
    sigset_t m_before{};
    UniqueFd m_signals;
};

} // namespace twinhull::runtime
